public import Tensors

/// What a method is built for.
public struct MethodContext: Sendable {
  /// Side of the square input in pixels.
  public var imageSize: Int
  /// Where it computes.
  public var device: Device
  /// Seeds the initial weights.
  public var seed: UInt64
  /// What of the difference between input and reconstruction counts.
  public var residual: Residual
  /// How exactly networks compute while they are trained; scoring is always exact.
  public var precision: Precision

  /// A context; the defaults are those of a test.
  public init(
    imageSize: Int, device: Device = .cpu, seed: UInt64 = 0, residual: Residual = .positive,
    precision: Precision = .float32
  ) {
    (self.imageSize, self.device, self.seed) = (imageSize, device, seed)
    (self.residual, self.precision) = (residual, precision)
  }
}

extension MethodContext {
  /// Runs a network: exactly when scoring, in ``precision`` when training.
  package func compute(_ training: Bool, _ body: () throws -> Tensor) throws -> Tensor {
    try (training ? precision : .float32).compute(on: device, body)
  }
}

/// How exactly a network computes while it is trained.
public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
  case float32
  /// Convolutions and matrix products in bfloat16, everything else and the weights in float32.
  case bfloat16

  /// Runs a forward pass in this precision; the result is float32.
  func compute(on device: Device, _ body: () throws -> Tensor) throws -> Tensor {
    switch self {
    case .float32: try body()
    case .bfloat16: try mixedPrecision(on: device, body).to(.float32)
    }
  }
}
