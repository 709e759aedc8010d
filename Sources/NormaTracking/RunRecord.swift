public import Foundation
public import GRDB
public import Norma

/// The summary of a training run, read from its folder. The store keeps a copy.
public struct RunRecord: Codable, Hashable, Sendable, FetchableRecord, PersistableRecord {
  /// The progress of a run.
  public enum State: String, Codable, Sendable {
    /// There is a configuration, but no finished epoch.
    case started
    /// Some epochs are done, but there is no bundle.
    case unfinished
    /// The bundle is written.
    case finished
    /// The folder is gone.
    case missing
  }

  /// The table of the store.
  public static let databaseTableName = "run"

  /// The absolute path of the run.
  public let folder: String
  /// The name of the bundle.
  public let name: String
  /// The method's name in the registry.
  public let method: String
  /// The seed of initial weights, slice order and random samples.
  public let seed: Int
  /// The progress of the run.
  public internal(set) var state: State
  /// The number of finished epochs.
  public let epochs: Int
  /// The epoch of the lowest validation loss, counted from 1, and that loss; nil if the method has none.
  public let bestEpoch: Int?, bestLoss: Double?
  /// The validation loss of the last finished epoch.
  public let lastLoss: Double?
  /// The time when the configuration was written.
  public let started: Date
  /// The time when the last epoch, or the bundle, was written.
  public let changed: Date

  /// Reads a run's folder.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is no run, `badData` if its files are damaged.
  public init(of run: RunFolder) throws {
    let (configuration, source) = try run.start()
    let rows = try MetricsTable(contentsOf: run.metrics)
    let losses = rows.column("validation_loss")
    let best = losses.enumerated().filter { $0.element.isFinite }.min { $0.element < $1.element }
    let bundle = run.bundle.appendingPathComponent("bundle.json")
    folder = run.url.standardizedFileURL.resolvingSymlinksInPath().path
    name = source.name
    method = configuration.method
    seed = configuration.training.seed
    let isFinished = FileManager.default.fileExists(atPath: bundle.path)
    state = isFinished ? .finished : rows.count > 0 ? .unfinished : .started
    epochs = rows.count
    (bestEpoch, bestLoss) = (best.map { $0.offset + 1 }, best?.element)
    lastLoss = losses.last.flatMap { $0.isFinite ? $0 : nil }
    started = Self.date(run.configuration)
    changed = [run.metrics, bundle, run.configuration].map(Self.date).max() ?? started
  }

  /// The folder of the run.
  public var home: RunFolder { RunFolder(URL(fileURLWithPath: folder)) }

  /// The keys of the configuration with their values as typed in a command, sorted by key.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` or a ``ConfigurationError`` if the file cannot be read.
  public func settings() throws -> [(key: String, value: String)] {
    try ConfigurationNode(contentsOf: home.configuration).leaves.map { ($0.path, $0.value.typed) }
  }

  private static func date(_ file: URL) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    // Whole seconds, as displayed.
    let seconds = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return Date(timeIntervalSince1970: seconds.rounded(.down))
  }
}
