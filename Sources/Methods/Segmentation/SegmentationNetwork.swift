import Tensors

/// The channels that tell a network the position of a pixel.
enum PositionChannels: String, Codable, Hashable, Sendable, CaseIterable {
  /// No channel.
  case none
  /// The distance from the centre of the grid, 1 at the middle of its sides.
  case radius
  /// x and y from -1 to 1.
  case coordinates
  /// The distance from the midplane and y, 1 at the sides of the grid, and the template-space z over 90 mm, 0
  /// where it is unknown.
  case template

  /// The channels that all slices have in common, (1, channels, size, size); nil without channels.
  func maps(size: Int, device: Device) throws -> Tensor? {
    let line = try (Tensor.arange(0, Float(size), device: device) * 2 + 1) / Float(size) - 1
    let x = try line.reshape([1, 1, 1, size]).expand([1, 1, size, size])
    let y = try x.transpose(2, 3)
    return switch self {
    case .none: nil
    case .radius: try (x.square() + y.square()).sqrt()
    case .coordinates: try .cat([x, y], dim: 1)
    case .template: try .cat([x.abs(), y], dim: 1)
    }
  }

  /// The channel that says where a slice is, (batch, 1, size, size); nil without one.
  func heights(_ batch: Batch) throws -> Tensor? {
    guard self == .template else { return nil }
    let z = try Tensor(
      batch.z.map { Float(($0 ?? 0) / 90) }, shape: [batch.count, 1, 1, 1], device: batch.images.device)
    return try z.expand(batch.images.shape)
  }
}

/// A U-Net that gives each pixel of a slice the logit of being anomalous, or several outputs.
struct SegmentationNetwork {
  let parameters: ParameterStore
  private let network: UNet
  private let position: PositionChannels
  private let positionMaps: Tensor?
  private let seesAdjacent, seesMirrorImage: Bool
  private let context: MethodContext

  /// `channels` is the number of further channels that are given with each batch.
  init(
    settings: UNetSettings, position: PositionChannels, channels: Int = 0, seesAdjacent: Bool = false,
    seesMirrorImage: Bool = false, outputs: Int = 1, context: MethodContext
  ) throws {
    try settings.requireFit(imageSize: context.imageSize)
    (self.position, self.context) = (position, context)
    (self.seesAdjacent, self.seesMirrorImage) = (seesAdjacent, seesMirrorImage)
    positionMaps = try position.maps(size: context.imageSize, device: context.device)
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    let positions = (positionMaps?.shape[1] ?? 0) + (position == .template ? 1 : 0)
    network = try UNet(
      parameters.path(),
      in: (seesAdjacent ? 3 : 1) + (seesMirrorImage ? 1 : 0) + positions + channels, out: outputs,
      settings: settings)
  }

  /// (batch, outputs, size, size); `maps` are the further channels, (batch, channels, size, size).
  func callAsFunction(_ batch: Batch, maps: Tensor? = nil, training: Bool) throws -> Tensor {
    let input = try Tensor.cat(inputs(batch) + [maps].compactMap { $0 }, dim: 1)
    return try context.compute(training) { try network(input, training: training) }
  }

  /// The intensities of the slice, of those below and above it and of its mirror image, and the position; each (batch, channels,
  /// size, size).
  private func inputs(_ batch: Batch) throws -> [Tensor] {
    var inputs = [try intensity(batch.images, inside: batch.brain)]
    if seesAdjacent {
      // A slice without neighbours, such as a PNG slice, is its own.
      let shape = [batch.count, 2] + batch.images.shape.suffix(2)
      let adjacent = try batch.adjacent ?? (batch.images * batch.brain).expand(shape)
      inputs.append(try intensity(adjacent, inside: adjacent.greater(than: 0).to(.float32)))
    }
    if seesMirrorImage { inputs.append(try inputs[0].flip([3])) }
    if let positionMaps {
      inputs.append(try positionMaps.expand([batch.count] + positionMaps.shape.dropFirst()))
    }
    return inputs + [try position.heights(batch)].compactMap { $0 }
  }

  /// z / 4, -1.5 outside the brain.
  private func intensity(_ images: Tensor, inside brain: Tensor) throws -> Tensor {
    try (RobustZScale.toZ(images) * 0.25 + 1.5) * brain - 1.5
  }
}
