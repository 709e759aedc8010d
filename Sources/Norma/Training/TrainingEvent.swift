public import Methods
public import Foundation

/// A report of the progress of a training run.
public enum TrainingEvent: Sendable {
  /// Scan `index` of `count` is placed on the model grid.
  case preparing(index: Int, count: Int)
  /// Training begins, at `progress` if it is resumed.
  case started(trainingSlices: Int, validationSlices: Int, progress: TrainingProgress)
  /// One update is done.
  case step(StepReport)
  /// An epoch is done and its checkpoint written.
  case epoch(EpochRecord)
  /// A checkpoint was written.
  case saved(URL)
  /// Scan `index` of `count` is scored for the thresholds.
  case calibrating(index: Int, count: Int)
}

/// The progress within an epoch.
public struct StepReport: Sendable {
  /// The current epoch, counted from 1.
  public let epoch: Int
  /// Number of epochs.
  public let epochs: Int
  /// Steps done in this epoch.
  public let step: Int
  /// Number of steps per epoch.
  public let steps: Int
  /// Losses of this step.
  public let losses: Losses
  /// Slices per second since the epoch began.
  public let imagesPerSecond: Double
  /// Time left for all epochs at this rate.
  public let secondsLeft: Double
}

/// The figures of an epoch, a row of `metrics.csv`.
public struct EpochRecord: Codable, Hashable, Sendable {
  /// The epoch, counted from 1.
  public let epoch: Int
  /// Learning rate at the end of the epoch.
  public let learningRate: Double
  /// Mean loss over the training slices.
  public let trainingLoss: Double
  /// Mean terms of the training loss, by name.
  public let trainingTerms: [String: Double]
  /// Mean loss over the validation slices; nil if the method has no loss that can choose weights.
  public let validationLoss: Double?
  /// Whether this is the best validation loss so far.
  public let isBest: Bool
  /// Slices trained on per second.
  public let imagesPerSecond: Double
}

/// The state of a run besides its tensors, from which it is resumed.
public struct TrainingProgress: Codable, Hashable, Sendable {
  /// Number of finished epochs.
  public internal(set) var epoch = 0
  /// Finished steps of the current epoch.
  public internal(set) var step = 0
  /// Loss of the current epoch, summed over slices.
  var lossSum = 0.0
  /// Its terms by name, summed over slices.
  var termSums: [String: Double] = [:]
  /// One record per finished epoch.
  public internal(set) var records: [EpochRecord] = []

  /// The epoch whose weights are kept: that of the lowest validation loss, or without one the last.
  public var best: EpochRecord? { records.last(where: \.isBest) }
}
