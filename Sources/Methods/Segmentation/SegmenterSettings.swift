import StrictSettings

/// Settings of a segmentation network and of how it learns.
struct SegmenterSettings: Settings {
  var network = UNetSettings()
  /// What the network is told of where a pixel lies.
  var position = PositionChannels.radius
  /// What the network is shown beside the slice.
  var context: [ContextChannel] = []
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
    try require(Set(context).count == context.count, path, "context", context, "each channel once")
    try network.validate(path: join(path, "network"))
    try augmentation.validate(path: join(path, "augmentation"))
    try require(
      positiveWeight > 0 && positiveWeight <= 1000, path, "positiveWeight", positiveWeight,
      "more than 0, at most 1000")
    try require((0...1).contains(weightDecay), path, "weightDecay", weightDecay, "0 to 1")
    try require((0..<1).contains(averaging), path, "averaging", averaging, "0 to less than 1")
    try require((-100...0).contains(floor), path, "floor", floor, "-100 to 0")
  }
}
