import Tensors

/// Shape of the code between encoder and decoder.
enum CodeShape: String, Codable, Hashable, Sendable, CaseIterable {
  /// A vector; position is lost in it.
  case dense
  /// A small image; position is kept.
  case spatial
}

/// Settings of ``VariationalAutoencoder``.
struct VariationalAutoencoderSettings: Settings {
  var code = CodeShape.dense
  /// Channels after each stride-2 convolution; the decoder mirrors them.
  var channels = [32, 64, 128, 128]
  /// Side of the convolution kernels in pixels.
  var kernel = 5
  /// Length of a dense code.
  var denseSize = 128
  /// Channels between convolutions and a dense code.
  var denseChannels = 16
  /// Channels of a spatial code.
  var spatialChannels = 64
  /// Negative slope of the LeakyReLU.
  var slope = 0.3
  /// Weight of the KL divergence against the summed pixel error.
  var klWeight = 1.0
  /// Adam's first decay rate.
  var beta1 = 0.9

  func validate(path: String) throws {
    try require(
      (1...6).contains(channels.count) && channels.allSatisfy { (1...1024).contains($0) }, path, "channels",
      channels,
      "one to six numbers from 1 to 1024")
    try require(kernel % 2 == 1 && (3...9).contains(kernel), path, "kernel", kernel, "3, 5, 7 or 9")
    try require((1...4096).contains(denseSize), path, "denseSize", denseSize, "1 to 4096")
    try require((1...512).contains(denseChannels), path, "denseChannels", denseChannels, "1 to 512")
    try require((1...512).contains(spatialChannels), path, "spatialChannels", spatialChannels, "1 to 512")
    try require((0...1).contains(slope), path, "slope", slope, "0 to 1")
    try require(klWeight >= 0, path, "klWeight", klWeight, "0 or more")
    try require((0..<1).contains(beta1), path, "beta1", beta1, "0 to less than 1")
  }
}
