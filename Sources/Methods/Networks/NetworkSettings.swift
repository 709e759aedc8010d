import StrictSettings
package import Tensors

/// Shape of the latent between encoder and decoder.
package enum LatentShape: String, Codable, Hashable, Sendable, CaseIterable {
  /// A vector, in which position is lost.
  case dense
  /// A small image, which keeps position.
  case spatial
}

/// Settings of an encoder and the mirrored decoder.
package struct NetworkSettings: Settings {
  /// Shape of the latent between encoder and decoder.
  package var code = LatentShape.dense
  /// Channels after each encoder convolution; the decoder mirrors them.
  package var channels = [32, 64, 128, 128]
  /// Whether the first convolution keeps the image's size and the one that makes the latent halves it (Baur
  /// et al. 2018). Otherwise every encoder convolution halves the size and the latent's keeps it.
  package var stem = false
  /// Side of the convolution kernels in pixels.
  package var kernel = 5
  /// The normalisation after each convolution.
  package var norm = NormKind.batch
  /// The activation after each normalisation.
  package var activation = Activation.leakyReLU
  /// Negative slope of the LeakyReLU.
  package var slope = 0.3
  /// Length of a dense latent.
  var denseSize = 128
  /// Channels between the convolutions and a dense latent.
  package var denseChannels = 16
  /// Channels of a spatial latent.
  var spatialChannels = 64
  /// Probability that an element of the latent is zeroed, in training and in scoring with `scoring.samples`.
  var dropout = 0.0

  /// The defaults with a spatial latent.
  package static var spatial: NetworkSettings {
    var settings = NetworkSettings()
    settings.code = .spatial
    return settings
  }

  /// The number of times that the image is halved on the way to the latent.
  var halvings: Int { channels.count }

  func validate(path: String) throws {
    try require(
      (1...6).contains(channels.count) && channels.allSatisfy { (1...1024).contains($0) }, path, "channels",
      channels, "one to six numbers from 1 to 1024")
    try require(kernel % 2 == 1 && (3...9).contains(kernel), path, "kernel", kernel, "3, 5, 7 or 9")
    try require((0...1).contains(slope), path, "slope", slope, "0 to 1")
    try require((1...4096).contains(denseSize), path, "denseSize", denseSize, "1 to 4096")
    try require((1...512).contains(denseChannels), path, "denseChannels", denseChannels, "1 to 512")
    try require((1...512).contains(spatialChannels), path, "spatialChannels", spatialChannels, "1 to 512")
    try require((0..<1).contains(dropout), path, "dropout", dropout, "0 to less than 1")
  }

  /// The same limits, and a dense latent.
  func validateDense(path: String) throws {
    try validate(path: path)
    try require(code == .dense, path, "code", code.rawValue, "dense")
  }

  /// Returns the side of the latent's grid.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)`` if the image cannot be halved so often.
  package func latentSide(imageSize: Int) throws -> Int {
    guard imageSize.isMultiple(of: 1 << halvings) else {
      throw ConfigurationError.outOfRange(
        path: "recipe.gridSize", value: "\(imageSize)",
        allowed: "a multiple of \(1 << halvings), one halving for each entry of model.network.channels")
    }
    return imageSize >> halvings
  }
}
