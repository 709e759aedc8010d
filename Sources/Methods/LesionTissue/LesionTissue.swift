import StrictSettings
import Tensors

/// A U-Net that learns lesions and tissues from synthetic slices of anatomies
/// (Decisions/0023-synthetic-flair.md).
///
/// It sees a slice, the slices below and above it, its mirror image, and where they are. The map is the logit of a
/// lesion plus the logarithm of the smoothed probability of white matter, above a floor that is far below any
/// threshold; the chain adds the brightness of the scan's own voxels (`scoring.brightnessWeight`).
final class LesionTissue: NetworkMethod {
  static let name = "lesion-tissue"
  static let summary =
    "U-Net trained on lesions and tissues of synthetic slices, which are made from anatomies"
  static let learnsFromLesions = true
  static let metadata = MethodMetadata(needsAnatomies: true)
  // The extent is the map where all is white matter, the logit of a lesion is 0 and the brightness is 2:
  // 14 + 2 log(1.05) + 0.6 x 2.
  static let presets = [
    Preset(
      "whole-brain",
      summary: "lesions and tissues of whole brains, learned from synthetic slices of anatomies",
      role: .segmenter,
      yaml: """
        method: lesion-tissue
        recipe: {sliceSpacing: 1.5, adjacentDistance: 3}
        model: {network: {channels: [24, 48, 96, 192]}}
        training: {epochs: 30, batchSize: 8, learningRate: 2e-3, precision: bfloat16, exclusion: none}
        scoring: {median: 1, brightnessWeight: 0.6, erosion: 0, extent: 15.3}
        """)
  ]

  static func needsZScores(_ settings: ModelSettings) -> Bool { true }

  /// Added to the probability of white matter, so that a lesion elsewhere keeps a finite score.
  private static let leastPrior: Float = 0.05

  private let settings: ModelSettings
  private let network: AveragedNetwork
  private let smoothing: GaussianSmoothing

  init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    smoothing = try GaussianSmoothing(
      size: context.imageSize, sigma: settings.priorSigma, device: context.device)
    network = try AveragedNetwork(weightDecay: settings.weightDecay, averaging: settings.averaging) {
      try SegmentationNetwork(
        settings: settings.network, position: .template, seesAdjacent: true,
        seesMirrorImage: true, outputs: 1 + Tissue.allCases.count, context: context)
    }
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try network.learn(context) {
      try terms(batch, Outputs($0(batch, training: true)), shard: context.shard)
    }
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients {
      try terms(batch, Outputs(network.average(batch, training: false))).values()
    }
  }

  /// The loss of a lesion's logits as of other segmenters, and where tissues are labelled minus the logarithm
  /// of the probability that a pixel is one of those that it may be.
  func terms(_ batch: Batch, _ outputs: Outputs, shard: BatchShard? = nil) throws -> LossTerms {
    var terms = try SegmentationLearner.terms(
      batch, outputs.lesion, positiveWeight: settings.positiveWeight, diceWeight: settings.diceWeight,
      shard: shard)
    if let possible = batch.tissues {
      let labelled = try possible.max([1], keepDim: true) * batch.brain
      let loss = try outputs.surprise(at: possible) * labelled
      try terms.add("tissue", loss.sum() / labelled.pixels(shard), weight: settings.tissueWeight)
    }
    return terms
  }

  /// The score from the mean of the outputs for a slice and for its mirror image.
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      let mirrored = try network.average(batch.mirrored(), training: false).flip([3])
      let outputs = try Outputs((network.average(batch, training: false) + mirrored) * 0.5)
      let tissues = try outputs.probabilities() * batch.brain
      let white = try tissues.narrow(1, start: Int(Tissue.whiteMatter.rawValue), length: 1)
      let prior = try (smoothing(white, weights: batch.brain) + Self.leastPrior).log()
      let logit = try outputs.lesion + prior * Float(settings.priorWeight)
      return AnomalyScore(map: try (logit - Float(settings.floor)).relu() * batch.brain, tissues: tissues)
    }
  }

  var scoringModules: any StatefulModule { network }
  var trainingModules: any StatefulModule { network.trainingModules }
}

extension LesionTissue {
  /// The outputs of the network, logits of (batch, channels, size, size).
  struct Outputs {
    /// The logit of a lesion, one channel.
    let lesion: Tensor
    /// The logits of the tissues, one channel each.
    let tissues: Tensor

    init(_ outputs: Tensor) throws {
      lesion = try outputs.narrow(1, start: 0, length: 1)
      tissues = try outputs.narrow(1, start: 1, length: outputs.shape[1] - 1)
    }

    /// The probabilities of the tissues; their sum is 1.
    func probabilities() throws -> Tensor { try (tissues - tissues.logSumExp([1], keepDim: true)).exp() }

    /// Minus the logarithm of the probability of all tissues that are possible, (batch, 1, size, size);
    /// finite, but of no meaning, where none is.
    func surprise(at possible: Tensor) throws -> Tensor {
      let excluded = try (1 - possible) * -1e4
      return try tissues.logSumExp([1], keepDim: true) - (tissues + excluded).logSumExp([1], keepDim: true)
    }
  }

  /// Settings of the network, of its training and of the map.
  struct ModelSettings: Settings {
    /// The U-Net.
    var network = UNetSettings()
    /// Weight of a lesion's pixel in the cross-entropy, against 1 of any other pixel.
    var positiveWeight = 2.0
    /// Weight of 1 - soft Dice of each slice's lesions, against 1 of the cross-entropy.
    var diceWeight = 0.5
    /// Weight of the loss of the tissues, against 1 of the cross-entropy.
    var tissueWeight = 0.3
    /// AdamW's decoupled weight decay.
    var weightDecay = 0.01
    /// Decay of the moving average of the weights, which scores; 0 = the weights themselves score.
    var averaging = 0.995
    /// Weight of the logarithm of white matter's probability in the map; 0 = the lesion's logit alone.
    var priorWeight = 2.0
    /// Gaussian smoothing of white matter's probability: sigma in pixels of the model grid.
    var priorSigma = 1.0
    /// The sum of logit and weighted logarithm at which the map is 0.
    var floor = -14.0

    func validate(path: String) throws {
      try network.validate(path: join(path, "network"))
      try require(
        positiveWeight > 0 && positiveWeight <= 1000, path, "positiveWeight", positiveWeight,
        "more than 0, at most 1000")
      try require((0...100).contains(diceWeight), path, "diceWeight", diceWeight, "0 to 100")
      try require((0...100).contains(tissueWeight), path, "tissueWeight", tissueWeight, "0 to 100")
      try require((0...1).contains(weightDecay), path, "weightDecay", weightDecay, "0 to 1")
      try require((0..<1).contains(averaging), path, "averaging", averaging, "0 to less than 1")
      try require((0...100).contains(priorWeight), path, "priorWeight", priorWeight, "0 to 100")
      try require((0...20).contains(priorSigma), path, "priorSigma", priorSigma, "0 to 20 pixels")
      try require((-100...0).contains(floor), path, "floor", floor, "-100 to 0")
    }
  }
}
