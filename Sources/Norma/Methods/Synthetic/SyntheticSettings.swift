import Tensors

/// Settings of the segmenter that learns from painted anomalies.
struct SyntheticSettings: Settings {
  var network = UNetSettings()
  /// What the network is told of where a pixel lies.
  var position = PositionChannels.radius
  /// The kinds of anomalies that are painted into training slices.
  var tasks = SyntheticTask.allCases
  /// The kinds that choose the checkpoint; empty = those of training.
  var validationTasks: [SyntheticTask] = []
  /// What is painted into training slices and stays unlabelled.
  var variations = NormalVariation.allCases
  /// Share of the slices that each of them is painted into.
  var variationShare = 0.2
  /// At most so many anomalies a slice.
  var anomalies = 3
  /// How often each validation slice is painted, each time otherwise.
  var validationPaintings = 2
  var augmentation = SliceAugmentation()
  /// How much an anomalous pixel counts against another one in the cross-entropy.
  var positiveWeight = 2.0
  /// AdamW's decoupled weight decay.
  var weightDecay = 0.01
  /// Decay of the moving average of the weights that scores; 0 = the weights themselves.
  var averaging = 0.98
  /// The logit that the map shows as 0.
  var floor = -8.0

  func validate(path: String) throws {
    try network.validate(path: join(path, "network"))
    try augmentation.validate(path: join(path, "augmentation"))
    try require(!tasks.isEmpty, path, "tasks", "[]", "at least one kind")
    try require((0...1).contains(variationShare), path, "variationShare", variationShare, "0 to 1")
    try require((1...20).contains(anomalies), path, "anomalies", anomalies, "1 to 20")
    try require(
      (1...100).contains(validationPaintings), path, "validationPaintings", validationPaintings, "1 to 100")
    try require(
      positiveWeight > 0 && positiveWeight <= 1000, path, "positiveWeight", positiveWeight,
      "more than 0, at most 1000")
    try require((0...1).contains(weightDecay), path, "weightDecay", weightDecay, "0 to 1")
    try require((0..<1).contains(averaging), path, "averaging", averaging, "0 to less than 1")
    try require((-100...0).contains(floor), path, "floor", floor, "-100 to 0")
  }
}
