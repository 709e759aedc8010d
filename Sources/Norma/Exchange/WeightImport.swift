import Base
public import Cohort
import Methods
public import Foundation
public import Tensors

/// A bundle from weights that were trained elsewhere, for example in PyTorch and saved with safetensors.
///
/// Layers keep their weights as PyTorch does, so only names need a translation: pairs of theirs and ours, the
/// longest beginning that fits a name being replaced.
public struct WeightImport {
  private let weights: URL
  private let names: [(theirs: String, ours: String)]

  /// Reads the table of names.
  ///
  /// - Parameters:
  ///   - weights: The safetensors file.
  ///   - names: A table of two columns without a heading, tab-separated: the beginning of a name in the file,
  ///     and its replacement here; nil if the names agree.
  /// - Throws: A ``Problem`` of kind `missingInput`, or `badData` for a row of another length.
  public init(_ weights: URL, names: URL? = nil) throws {
    self.weights = weights
    guard let names else {
      self.names = []
      return
    }
    guard let text = try? String(contentsOf: names, encoding: .utf8) else {
      throw Problem(
        .missingInput, "the table of names cannot be read", at: names.path, advice: "check the path")
    }
    self.names = try text.split(whereSeparator: \.isNewline).enumerated().map { index, line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 2 else {
        throw Problem(
          .badData, "row \(index + 1) has \(cells.count) columns instead of 2", at: names.path,
          advice: "give the beginning of a name in the file, a tab, and its replacement in Norma")
      }
      return (cells[0], cells[1])
    }
    .sorted { $0.theirs.count > $1.theirs.count }
  }

  /// Measures thresholds on the validation scans of `data`, writes the bundle.
  ///
  /// - Parameters:
  ///   - configuration: The method and the recipe that the weights were trained with.
  ///   - data: The cohort; only its lesion-free validation scans count.
  ///   - name: The name of the bundle.
  ///   - description: The training data in plain words.
  ///   - url: The folder to write; a bundle that exists there is replaced.
  ///   - device: Where the scans are scored.
  ///   - progress: Gets the numbers of finished scans and of all scans.
  /// - Returns: The bundle at `url`.
  /// - Throws: A ``Problem`` of kind `badData` that names the tensor which is missing, unknown to the method
  ///   or of another shape.
  public func write(
    configuration: Configuration, data: Manifest, name: String, description: String, to url: URL,
    device: Device = .cpu, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ModelBundle {
    guard configuration.scoring.normalization == .none else {
      throw Problem(
        .usage, "imported weights come without statistics of the residual", at: "scoring.normalization",
        advice: "add --set scoring.normalization=none")
    }
    let method = try MethodRegistry.entry(configuration.method)
      .make(model: configuration.model, context: MethodContext(configuration, device: device))
    do {
      try method.load(state: state())
    } catch let error as ParameterError {
      throw Problem(
        .badData, "\(error)", at: weights.path,
        advice: "correct the table of names; Documentation/how-to/exchange.md lists those of Norma")
    }
    let scorer = Scorer(method: method, settings: configuration.scoring, device: device)
    let calibration = try Calibration(
      of: scorer, configuration: configuration, on: data, progress: progress)
    let provenance = BundleDescription.Provenance(
      engine: "imported; scored with libtorch \(Engine.version)", dataSHA256: "", trainingCases: 0,
      trainingSlices: 0,
      validationCases: calibration.cases, validationSlices: 0, seed: 0, epochs: 0, bestEpoch: 0,
      data: description)
    try ModelBundle.write(
      scorer, configuration: configuration, calibration: calibration, provenance: provenance, name: name,
      to: url)
    return try ModelBundle(contentsOf: url)
  }

  private func state() throws -> [String: Tensor] {
    let tensors = try Safetensors.read(weights).tensors
    return try tensors.reduce(into: [:]) { state, entry in
      let rule = names.first { entry.key.hasPrefix($0.theirs) }
      let name = rule.map { $0.ours + entry.key.dropFirst($0.theirs.count) } ?? entry.key
      guard state.updateValue(entry.value, forKey: name) == nil else {
        throw Problem(
          .badData, "two tensors would be named '\(name)'", at: weights.path,
          advice: "correct the table of names")
      }
    }
  }
}
