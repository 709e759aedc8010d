public import Methods
public import Foundation

/// What a trainer tells those who listen.
public enum TrainingEvent: Sendable {
  /// Preparing scan `index` of `count`.
  case preparing(index: Int, count: Int)
  /// Training begins, at `progress` when it is resumed.
  case started(trainingSlices: Int, validationSlices: Int, progress: TrainingProgress)
  /// One update is done.
  case step(StepReport)
  /// An epoch is done and its checkpoint written.
  case epoch(EpochRecord)
  /// A checkpoint was written.
  case saved(URL)
  /// Scoring case `index` of `count` for the thresholds.
  case calibrating(index: Int, count: Int)
}

/// Where an epoch stands.
public struct StepReport: Sendable {
  /// The running epoch, counted from 1.
  public let epoch: Int
  /// Epochs in all.
  public let epochs: Int
  /// Steps done in this epoch, and in all.
  public let step: Int
  /// Steps in an epoch.
  public let steps: Int
  /// Losses of this step.
  public let losses: Losses
  /// Rate since the epoch began.
  public let imagesPerSecond: Double
  /// Time left for all epochs at the present rate.
  public let secondsLeft: Double
}

/// One line of `metrics.csv`.
public struct EpochRecord: Codable, Hashable, Sendable {
  /// Counted from 1.
  public let epoch: Int
  /// Rate at the end of the epoch.
  public let learningRate: Double
  /// Mean over the training slices.
  public let trainingLoss: Double
  /// Parts of the training loss by name.
  public let trainingParts: [String: Double]
  /// Mean over the validation slices; nil where the method has no loss that can choose.
  public let validationLoss: Double?
  /// Whether this is the best validation loss so far.
  public let isBest: Bool
  /// Training rate of the epoch.
  public let imagesPerSecond: Double
}

/// Everything besides tensors that a stopped run needs to go on.
public struct TrainingProgress: Codable, Hashable, Sendable {
  /// Finished epochs, and finished steps of the running one.
  public internal(set) var epoch = 0
  /// Finished steps of the running epoch.
  public internal(set) var step = 0
  /// Losses of the running epoch, summed over slices.
  var lossSums: [String: Double] = [:]
  /// One record for each finished epoch.
  public internal(set) var records: [EpochRecord] = []

  /// The epoch whose weights are kept: lowest validation loss, or the latest without one.
  public var best: EpochRecord? { records.last(where: \.isBest) }
}
