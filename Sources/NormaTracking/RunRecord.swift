public import Foundation
public import GRDB
public import Norma

/// A training run as its folder tells it; the files are the truth, the store only remembers where they lie.
public struct RunRecord: Codable, Hashable, Sendable, FetchableRecord, PersistableRecord {
  /// How far a run has come.
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

  /// Absolute path.
  public let folder: String
  /// Name of the bundle.
  public let name: String
  /// Name in the registry.
  public let method: String
  /// Seed of weights, order and draws.
  public let seed: Int
  /// How far the run has come.
  public internal(set) var state: State
  /// Finished epochs.
  public let epochs: Int
  /// Epoch of the lowest validation loss, counted from 1, and that loss; nil where the method has none.
  public let bestEpoch: Int?, bestLoss: Double?
  /// Validation loss of the last finished epoch.
  public let lastLoss: Double?
  /// When the configuration was written.
  public let started: Date
  /// When the last epoch, or the bundle, was written.
  public let changed: Date

  /// What a run's folder says. Throws a ``Problem`` where there is no run or its files cannot be read.
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

  /// Where the run lies.
  public var home: RunFolder { RunFolder(URL(fileURLWithPath: folder)) }

  /// Every key of the configuration with its value as one would type it, in the order of the keys. Throws a ``Problem``
  /// where the file cannot be read.
  public func settings() throws -> [(key: String, value: String)] {
    try ConfigurationNode(contentsOf: home.configuration).leaves.map { ($0.path, $0.value.typed) }
  }

  private static func date(_ file: URL) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    // To the second, as it is shown.
    let seconds = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return Date(timeIntervalSince1970: seconds.rounded(.down))
  }
}
