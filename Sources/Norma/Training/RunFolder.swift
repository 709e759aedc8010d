package import Cohort
import Methods
import Base
public import Foundation
import Tensors

/// The files of a training run.
public struct RunFolder: Sendable {
  /// The folder.
  public let url: URL

  /// The run in a folder, which need not exist yet.
  public init(_ url: URL) { self.url = url }

  /// The resolved configuration.
  public var configuration: URL { url.appendingPathComponent("config.json") }
  /// The origin of the data, for `--resume`.
  public var source: URL { url.appendingPathComponent("data.json") }
  /// One row per epoch.
  public var metrics: URL { url.appendingPathComponent("metrics.csv") }
  /// The last checkpoint: model, optimiser and progress.
  public var lastCheckpoint: URL { url.appendingPathComponent("checkpoints/last.safetensors") }
  /// The model with the best validation loss.
  public var bestCheckpoint: URL { url.appendingPathComponent("checkpoints/best.safetensors") }
  /// Slices on the model grid; may be deleted at any time.
  public var prepared: URL { url.appendingPathComponent("prepared") }
  /// Samples of the synthetic slices that the model learns from; only in runs on anatomies.
  public var samples: URL { url.appendingPathComponent("samples.png") }
  /// The finished bundle.
  public var bundle: URL { url.appendingPathComponent("bundle") }
  /// The report with the losses.
  public var report: URL { url.appendingPathComponent("report.html") }

  /// What a run was started with besides its configuration: the contents of `data.json`.
  package struct Source: Codable {
    package var manifest: String
    package var name: String
    package var description: String
    /// The reading of masks that was chosen for the whole manifest; nil for that of its rows.
    package var maskReading: MaskReading?
    /// Hash of all inputs and the recipe; a run is resumed only if they are unchanged.
    package var dataSHA256 = ""
  }

  /// Returns what the run was started with.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is no run, `badData` if it is damaged, or the
  ///   error of the file system for a file that exists and cannot be read.
  package func start() throws -> (configuration: Configuration, source: Source) {
    let text: Data, data: Data
    do {
      (text, data) = (try Data(contentsOf: configuration), try Data(contentsOf: source))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      throw Problem(
        .missingInput, "there is no run in the folder", at: url.path,
        advice: "start one with norma train --preset NAME --data MANIFEST -o RUN")
    }
    do {
      return (
        try JSONDecoder().decode(Configuration.self, from: text),
        try JSONDecoder().decode(Source.self, from: data)
      )
    } catch is DecodingError {
      throw Problem(.badData, "the run's configuration is damaged", at: url.path, advice: "start a new run")
    }
  }
}

/// The state of a run in one safetensors file: tensors below `model.` and `optimizer.`, the progress as
/// metadata.
struct Checkpoint {
  var model: [String: Tensor]
  var optimizer: [String: Tensor]
  var progress: TrainingProgress

  func write(to url: URL) throws {
    var tensors = [String: Tensor]()
    for (name, tensor) in model { tensors["model.\(name)"] = tensor }
    for (name, tensor) in optimizer { tensors["optimizer.\(name)"] = tensor }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let metadata = ["progress": String(decoding: try encoder.encode(progress), as: UTF8.self)]
    try Safetensors.write(tensors, metadata: metadata, to: url)
  }

  init(model: [String: Tensor], optimizer: [String: Tensor], progress: TrainingProgress) {
    (self.model, self.optimizer, self.progress) = (model, optimizer, progress)
  }

  init(contentsOf url: URL) throws {
    let (tensors, metadata) = try Safetensors.read(url)
    guard let text = metadata["progress"],
      let progress = try? JSONDecoder().decode(TrainingProgress.self, from: Data(text.utf8))
    else {
      throw Problem(
        .badData, "the checkpoint holds no progress", at: url.path, advice: "train into a new folder")
    }
    self.init(
      model: tensors.dropping(prefix: "model."), optimizer: tensors.dropping(prefix: "optimizer."),
      progress: progress)
  }
}
