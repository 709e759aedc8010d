import StrictSettings
import Base
import Methods
public import Foundation
import Tensors

/// A bundle's reconstruction network as an ONNX file: `slices` (batch, 1, size, size), prepared as the
/// bundle's recipe says, to `reconstructions` of the same shape. Scoring and thresholds are not part of it.
public struct ONNXExport {
  private let bundle: ModelBundle

  /// Creates an export of a bundle.
  public init(_ bundle: ModelBundle) { self.bundle = bundle }

  /// Methods whose network reconstructs a slice in one pass.
  public static var methods: [String] {
    MethodRegistry.entries.filter(\.metadata.exportsONNX).map(\.name)
  }

  /// Writes the file.
  ///
  /// - Throws: A ``Problem`` of kind `usage` for a method without such a network.
  public func write(to url: URL) throws {
    let configuration = bundle.description.configuration
    guard Self.methods.contains(configuration.method), let network = configuration.model["network"] else {
      throw Problem(
        .usage, "'\(configuration.method)' has no network that reconstructs a slice", at: bundle.url.path,
        advice: "export a bundle of one of: \(Self.methods.joined(separator: ", "))")
    }
    let settings = try NetworkSettings(strict: network, over: NetworkSettings(), path: "model.network")
    let size = configuration.recipe.gridSize
    let graph = try ReconstructionGraph(
      settings: settings, weights: bundle.scorer(device: .cpu).method.state, imageSize: size
    ).graph
    let recipe = try JSONEncoder().encode(configuration.recipe)
    try AtomicFile.write(
      graph.model(
        output: ReconstructionGraph.output,
        metadata: [
          "bundle": bundle.description.name, "method": configuration.method,
          "recipe": String(decoding: recipe, as: UTF8.self),
        ]), to: url)
  }
}
