import Tensors

/// The channels that tell a network the position of a pixel.
enum PositionChannels: String, Codable, Hashable, Sendable, CaseIterable {
  /// No channel.
  case none
  /// The distance from the centre of the grid, 1 at the middle of its sides.
  case radius
  /// x and y from -1 to 1.
  case coordinates

  /// (1, channels, size, size); nil without channels.
  func maps(size: Int, device: Device) throws -> Tensor? {
    let line = try (Tensor.arange(0, Float(size), device: device) * 2 + 1) / Float(size) - 1
    let x = try line.reshape([1, 1, 1, size]).expand([1, 1, size, size])
    let y = try x.transpose(2, 3)
    return switch self {
    case .none: nil
    case .radius: try (x.square() + y.square()).sqrt()
    case .coordinates: try .cat([x, y], dim: 1)
    }
  }
}

/// A U-Net that gives each pixel of a slice the logit of being anomalous.
struct SegmentationNetwork {
  let parameters: ParameterStore
  private let network: UNet
  private let position: Tensor?
  private let context: MethodContext

  /// `channels` is the number of further channels that are given with each batch.
  init(settings: UNetSettings, position: PositionChannels, channels: Int = 0, context: MethodContext) throws {
    try settings.requireFit(imageSize: context.imageSize)
    self.context = context
    self.position = try position.maps(size: context.imageSize, device: context.device)
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    network = try UNet(
      parameters.path(), in: 1 + (self.position?.shape[1] ?? 0) + channels, out: 1, settings: settings)
  }

  /// Logits, (batch, 1, size, size); `maps` are the further channels, (batch, channels, size, size).
  func callAsFunction(_ batch: Batch, maps: Tensor? = nil, training: Bool) throws -> Tensor {
    let input = try Tensor.cat(inputs(batch) + [maps].compactMap { $0 }, dim: 1)
    return try context.compute(training) { try network(input, training: training) }
  }

  /// The intensity as z / 4, -1.5 outside the brain, and the maps of the position; each (batch, channels,
  /// size, size).
  private func inputs(_ batch: Batch) throws -> [Tensor] {
    let intensity = try (RobustZScale.toZ(batch.images) * 0.25 + 1.5) * batch.brain - 1.5
    guard let position else { return [intensity] }
    return [intensity, try position.expand([batch.count] + position.shape.dropFirst())]
  }
}
