public import Tensors

/// The circumstances that a method is built for.
public struct MethodContext: Sendable {
  /// Side of the square input in pixels.
  public var imageSize: Int
  /// The device it computes on.
  public var device: Device
  /// The seed of the initial weights.
  public var seed: UInt64
  /// The part of the difference between input and reconstruction that counts as anomalous.
  public var residual: Residual
  /// The precision of networks during training and during scoring.
  public var precision, scoringPrecision: Precision

  /// A context; the defaults are those of a test.
  public init(
    imageSize: Int, device: Device = .cpu, seed: UInt64 = 0, residual: Residual = .positive,
    precision: Precision = .float32, scoringPrecision: Precision = .float32
  ) {
    (self.imageSize, self.device, self.seed) = (imageSize, device, seed)
    (self.residual, self.precision, self.scoringPrecision) = (residual, precision, scoringPrecision)
  }
}

extension MethodContext {
  /// Runs a network, in ``precision`` for training and in ``scoringPrecision`` for scoring.
  package func compute(_ training: Bool, _ body: () throws -> Tensor) throws -> Tensor {
    try (training ? precision : scoringPrecision).compute(on: device, body)
  }
}

/// The precision of a network's forward pass.
public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
  case float32
  /// Convolutions and matrix products in bfloat16; the weights and everything else in float32.
  case bfloat16

  /// Runs a forward pass in this precision; the result is float32.
  func compute(on device: Device, _ body: () throws -> Tensor) throws -> Tensor {
    switch self {
    case .float32: try body()
    case .bfloat16: try mixedPrecision(on: device, body).to(.float32)
    }
  }
}
