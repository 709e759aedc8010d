import Foundation
import Tensors

/// MindGrab's network, a MeshNet: 25 dilated convolutions of a head, each with instance norm and GELU, then one of
/// kernel 1 to the logits of background and brain.
///
/// It was trained on whole volumes of 256 mm; here it sees the box of the head, and all around it the background.
/// The norms are those of the whole volume: every channel's value in the background is carried along, convolutions
/// act on the difference from it, and so the background adds nothing to the sums over the box.
struct MeshNet: Sendable {
  /// The dilations of a block, in mm, which is in voxels of the training data.
  static let dilations = [16.0, 8, 4, 2, 1]
  static let blocks = 5
  private static let epsilon = 1e-5

  private let convolutions: [Conv3d]
  private let classifier: Conv3d
  private let device: Device

  /// The network with these weights (`model.0.weight`, `model.3.weight`, ...; every third, between them lie norm and
  /// activation); `dilations` are in voxels, one a convolution. Throws where names or shapes do not fit.
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

  /// The dilations in voxels of `spacing` mm, at least 1.
  static func dilations(spacing: Double) -> [Int] {
    let block = dilations.map { max(1, Int(($0 / spacing).rounded())) }
    return (0..<blocks).flatMap { _ in block }
  }

  /// Logit of brain less that of background, [depth, height, width], for a head of that shape on background 0;
  /// `wholeCount` is the number of voxels of the whole volume, in which the head's are counted.
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
