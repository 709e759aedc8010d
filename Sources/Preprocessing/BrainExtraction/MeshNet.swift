import Foundation
import Tensors

/// The MindGrab network, a MeshNet (Fedorov et al. 2017): 25 dilated convolutions, each with instance
/// normalisation and GELU, then a convolution of kernel size 1 to the logits of background and brain.
///
/// It was trained on volumes of 256³ mm³; here its input is the bounding box of the head. The normalisation
/// uses the statistics of the whole volume: convolutions act on the difference from the known value of each
/// channel in the background, so that the background contributes nothing to the sums over the box.
struct MeshNet: Sendable {
  /// The dilations of a block in mm, which are voxels of the training data.
  static let dilations = [16.0, 8, 4, 2, 1]
  static let blocks = 5
  private static let epsilon = 1e-5

  private let convolutions: [Conv3d]
  private let classifier: Conv3d
  private let device: Device

  /// Creates the network with weights `model.0.weight`, `model.3.weight`, ... and one dilation in voxels per
  /// convolution. Throws if names or shapes do not match.
  init(weights: [String: Tensor], dilations: [Int], channels: Int = 15, device: Device = .cpu) throws {
    let store = ParameterStore(device: device, generator: try Generator(seed: 0))
    let path = store.path("model")
    convolutions = try dilations.enumerated().map { index, dilation in
      try Conv3d(
        path / (3 * index), in: index == 0 ? 1 : channels, out: channels, kernel: 3, padding: dilation,
        dilation: dilation, bias: false)
    }
    classifier = try Conv3d(path / (3 * dilations.count), in: channels, out: 2, kernel: 1, bias: false)
    try store.load(weights)
    self.device = device
  }

  /// Returns the dilations in voxels of `spacing` mm, at least 1.
  static func dilations(spacing: Double) -> [Int] {
    let block = dilations.map { max(1, Int(($0 / spacing).rounded())) }
    return (0..<blocks).flatMap { _ in block }
  }

  /// Returns the logit of brain minus that of background, [depth, height, width], for a head of that shape on
  /// background 0. `wholeCount` is the number of voxels of the whole volume, including those of the head.
  func callAsFunction(_ head: Tensor, wholeCount: Int) throws(TensorError) -> Tensor {
    try withoutGradients { () throws(TensorError) -> Tensor in
      let count = Float(wholeCount)
      var x = try head.to(device).reshape([1, 1] + head.shape)
      var background: Tensor?
      for convolution in convolutions {
        if let background { x = try x - background.reshape([1, -1, 1, 1, 1]) }
        x = try convolution(x)
        let mean = try x.sum([0, 2, 3, 4]) / count
        let meanSquare = try x.norm([0, 2, 3, 4]).square() / count
        let variance = try (meanSquare - mean.square()).clamp(min: 0)
        x = try x.batchNorm(
          weight: nil, bias: nil, runningMean: mean, runningVariance: variance, training: false,
          epsilon: Self.epsilon
        ).gelu(approximate: true)
        background = try (-mean / (variance + Float(Self.epsilon)).sqrt()).gelu(approximate: true)
      }
      let logits = try classifier(x)
      return try (logits.select(1, 1) - logits.select(1, 0)).reshape(head.shape)
    }
  }
}
