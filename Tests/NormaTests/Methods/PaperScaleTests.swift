import Tensors
import Testing

import StrictSettings
@testable import Methods
@testable import Norma

/// The networks in the sizes of the papers: shapes and numbers of parameters; nothing is trained.
@Suite struct PaperScaleTests {
  private static func convolution(_ input: Int, _ output: Int, _ kernel: Int) -> Int {
    input * output * kernel * kernel + output
  }

  /// Convolution, and scale and shift of its batch norm.
  private static func block(_ input: Int, _ output: Int) -> Int { convolution(input, output, 5) + 2 * output }
  private static func linear(_ input: Int, _ output: Int) -> Int { input * output + output }

  static let scales = Preset.all.map(\.name).filter { $0.hasSuffix("-256") }

  private static let encoder = block(1, 64) + block(64, 128) + block(128, 256) + block(256, 512)
  private static let mirror = block(512, 256) + block(256, 128) + block(128, 64) + convolution(64, 1, 1)
  private static let denseDecoder =
    linear(512, 4096) + convolution(16, 512, 1) + block(512, 512) + mirror
  private static let spatialDecoder = block(64, 512) + mirror
  private static func critic(_ channels: [Int]) -> Int {
    zip([1] + channels, channels).reduce(channels[channels.count - 1] + 1) { $0 + convolution($1.0, $1.1, 5) }
  }

  /// 16 x 16 x 64, or 512 through 16 channels.
  private func parameters(_ preset: String) throws -> Int {
    let squeeze = Self.convolution(512, 16, 3)
    let (dense, spatial) = (Self.linear(16 * 16 * 16, 512), Self.convolution(512, 64, 3))
    return switch preset {
    case "dense-ae-256": Self.encoder + squeeze + dense + Self.denseDecoder
    case "dense-vae-256": Self.encoder + squeeze + 2 * dense + Self.denseDecoder
    case "spatial-ae-256": Self.encoder + spatial + Self.spatialDecoder
    case "spatial-vae-256", "anovaegan-256": Self.encoder + 2 * spatial + Self.spatialDecoder
    case "anogan-256": Self.denseDecoder + Self.critic([32, 64, 128, 128])
    case "f-anogan-256": Self.encoder + squeeze + dense + Self.denseDecoder + Self.critic([16, 32, 64, 64])
    default: 0
    }
  }

  private func count(_ method: any Method) throws -> Int {
    let isStatistic = { (name: String) in name.contains("running_") || name.hasSuffix("num_batches_tracked") }
    return try method.state.filter { !isStatistic($0.key) }.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  @Test(arguments: scales)
  func theNetworkHasTheSizesOfThePaper(preset: String) throws {
    let configuration = try Configuration(preset: preset)
    #expect(configuration.recipe.gridSize == 256 && configuration.recipe.gridSpacing == 0.75)
    #expect(configuration.training.epochs == 150)
    let method = try MethodRegistry.entry(configuration.method).make(
      model: configuration.model, context: MethodContext(configuration, device: .cpu))
    #expect(try count(method) == parameters(preset))

    let settings = try NetworkSettings(strict: #require(configuration.model["network"]))
    let store = try ParameterStore(generator: Generator(seed: 0))
    let decoder = try SliceDecoder(store.path(), settings: settings, context: MethodContext(imageSize: 256))
    #expect(decoder.latentShape == (settings.code == .dense ? [512] : [64, 16, 16]))
    let state = try method.state
    let stem = state.first { $0.key.hasSuffix("encoder.0.conv.weight") && !$0.key.hasPrefix("critic.") }
    #expect(stem.map { $0.value.shape == [64, 1, 5, 5] } ?? (preset == "anogan-256"))
  }

  @Test(arguments: ["dense-ae", "dense-vae", "spatial-ae", "spatial-vae"])
  func theNetworkAt128PixelsIsTheUnifiedOneOf2021(preset: String) throws {
    let configuration = try Configuration(preset: preset)
    let method = try MethodRegistry.entry(configuration.method).make(
      model: configuration.model, context: MethodContext(configuration, device: .cpu))
    let (encoder, decoder) = ([1, 32, 64, 128, 128], [128, 128, 64, 32])
    var expected = zip(encoder, encoder.dropFirst()).reduce(0) { $0 + Self.block($1.0, $1.1) }
    expected += zip(decoder, decoder.dropFirst()).reduce(0) { $0 + Self.block($1.0, $1.1) }
    expected += Self.convolution(32, 1, 1)
    let heads = preset.hasSuffix("vae") ? 2 : 1
    if preset.hasPrefix("dense") {
      expected +=
        Self.convolution(128, 16, 1) + heads * Self.linear(16 * 8 * 8, 128) + Self.linear(128, 16 * 8 * 8)
      expected += Self.convolution(16, 128, 1) + Self.block(128, 128)
    } else {
      expected += heads * Self.convolution(128, 64, 3) + Self.block(64, 128)
    }
    #expect(try count(method) == expected)
  }
}
