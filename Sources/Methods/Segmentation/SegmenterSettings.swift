import StrictSettings

/// Settings of a segmentation network and of its training.
struct SegmenterSettings: Settings {
  /// The U-Net.
  var network = UNetSettings()
  /// The channels that tell the network the position of a pixel.
  var position = PositionChannels.radius
  /// The channels that the network sees beside the slice.
  var context: [ContextChannel] = []
  /// The random changes of training slices.
  var augmentation = SliceAugmentation()
  /// Weight of an anomalous pixel in the cross-entropy, against 1 of any other pixel.
  var positiveWeight = 2.0
  /// AdamW's decoupled weight decay.
  var weightDecay = 0.01
  /// Decay of the moving average of the weights, which scores; 0 = the weights themselves score.
  var averaging = 0.98
  /// The logit at which the map is 0.
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
