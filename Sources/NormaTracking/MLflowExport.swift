public import Foundation
import Norma

/// Writes runs as MLflow's file store lays them out: `mlflow ui --backend-store-uri FOLDER` shows them.
public struct MLflowExport {
  private let folder: URL
  /// MLflow numbers experiments; 0 is always there and called Default.
  private static let experiment = "1"

  /// Into a folder, which is made where it is not there.
  public init(to folder: URL) { self.folder = folder }

  /// Adds a run: its configuration as parameters, its metrics per epoch, the bundle's folder as a tag. What an earlier
  /// export of the same run wrote is replaced. Throws a ``Problem``.
  public func add(_ run: RunRecord) throws {
    let home = RunFolder(URL(fileURLWithPath: run.folder))
    let experiment = folder.appendingPathComponent(Self.experiment)
    let milliseconds = (started: Self.milliseconds(run.started), changed: Self.milliseconds(run.changed))
    try write(
      [
        ("artifact_location", experiment.absoluteURL.absoluteString), ("creation_time", "0"),
        ("experiment_id", Self.experiment),
        ("last_update_time", "0"), ("lifecycle_stage", "active"), ("name", "norma"),
      ], to: experiment)
    // The same run always has the same name.
    let id = String(Digest.of(Data(run.folder.utf8)).prefix(32))
    let place = experiment.appendingPathComponent(id)
    let states = [RunRecord.State.finished: 3, .missing: 4]
    try write(
      [
        ("artifact_uri", place.appendingPathComponent("artifacts").absoluteURL.absoluteString),
        ("end_time", run.state == .finished ? "\(milliseconds.changed)" : "null"), ("entry_point_name", ""),
        ("experiment_id", Self.experiment), ("lifecycle_stage", "active"), ("run_id", id),
        ("run_name", run.name),
        ("run_uuid", id), ("source_name", ""), ("source_type", "4"), ("source_version", ""),
        ("start_time", "\(milliseconds.started)"), ("status", "\(states[run.state] ?? 1)"), ("tags", "[]"),
        ("user_id", ""),
      ], to: place)
    for part in ["artifacts", "params", "metrics", "tags"] {
      try AtomicFile.makeFolder(place.appendingPathComponent(part))
    }
    for (name, value) in ["mlflow.runName": run.name, "folder": run.folder] {
      try AtomicFile.write(value, to: place.appendingPathComponent("tags/\(name)"))
    }
    for (path, value) in try ConfigurationNode(contentsOf: home.configuration).leaves {
      try AtomicFile.write(value.typed, to: place.appendingPathComponent("params/\(path)"))
    }
    let metrics = try MetricsTable(contentsOf: home.metrics)
    for name in metrics.names where name != "epoch" && name != "is_best" {
      let lines = metrics.column(name).enumerated().filter { $0.element.isFinite }
        .map { "\(milliseconds.changed) \($0.element) \($0.offset + 1)\n" }
      try AtomicFile.write(lines.joined(), to: place.appendingPathComponent("metrics/\(name)"))
    }
  }

  private func write(_ fields: [(name: String, value: String)], to folder: URL) throws {
    try AtomicFile.makeFolder(folder)
    let lines = fields.map {
      "\($0.name): \(Self.isPlain($0.value) ? $0.value : "'\($0.value.replacing("'", with: "''"))'")\n"
    }
    try AtomicFile.write(lines.joined(), to: folder.appendingPathComponent("meta.yaml"))
  }

  /// Numbers, lists and nothing stand as they are; text is quoted.
  private static func isPlain(_ value: String) -> Bool {
    Int(value) != nil || value == "null" || value == "[]"
  }

  private static func milliseconds(_ date: Date) -> Int { Int(date.timeIntervalSince1970 * 1000) }
}
