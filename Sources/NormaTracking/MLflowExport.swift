public import Foundation
import Norma

/// An export of runs to MLflow's file store, which `mlflow ui --backend-store-uri FOLDER` shows.
public struct MLflowExport {
  private let folder: URL
  /// MLflow numbers its experiments; 0 is the experiment called Default.
  private static let experiment = "1"

  /// Creates an export to a folder, which is created if it is missing.
  public init(to folder: URL) { self.folder = folder }

  /// Adds a run, or replaces its earlier export: the configuration as parameters, the metrics per epoch, and
  /// the run's folder as a tag.
  ///
  /// - Throws: A ``Problem`` for a file that cannot be read or written.
  public func add(_ run: RunRecord) throws {
    let experiment = folder.appendingPathComponent(Self.experiment)
    let milliseconds = (started: Self.milliseconds(run.started), changed: Self.milliseconds(run.changed))
    try write(
      [
        "artifact_location": .string(experiment.absoluteURL.absoluteString), "creation_time": .int(0),
        "experiment_id": .string(Self.experiment), "last_update_time": .int(0),
        "lifecycle_stage": .string("active"), "name": .string("norma"),
      ], to: experiment)
    // The same run always has the same identifier.
    let id = String(Digest.of(Data(run.folder.utf8)).prefix(32))
    let place = experiment.appendingPathComponent(id)
    let states = [RunRecord.State.finished: 3, .missing: 4]
    try write(
      [
        "artifact_uri": .string(place.appendingPathComponent("artifacts").absoluteURL.absoluteString),
        "end_time": run.state == .finished ? .int(milliseconds.changed) : .null,
        "entry_point_name": .string(""), "experiment_id": .string(Self.experiment),
        "lifecycle_stage": .string("active"), "run_id": .string(id), "run_name": .string(run.name),
        "run_uuid": .string(id), "source_name": .string(""), "source_type": .int(4),
        "source_version": .string(""), "start_time": .int(milliseconds.started),
        "status": .int(states[run.state] ?? 1), "tags": .list([]), "user_id": .string(""),
      ], to: place)
    for part in ["artifacts", "params", "metrics", "tags"] {
      try AtomicFile.makeFolder(place.appendingPathComponent(part))
    }
    for (name, value) in ["mlflow.runName": run.name, "folder": run.folder] {
      try AtomicFile.write(value, to: place.appendingPathComponent("tags/\(name)"))
    }
    for (key, value) in try run.settings() {
      try AtomicFile.write(value, to: place.appendingPathComponent("params/\(key)"))
    }
    let metrics = try MetricsTable(contentsOf: run.home.metrics)
    for name in metrics.names where name != "epoch" && name != "is_best" {
      let lines = metrics.column(name).enumerated().filter { $0.element.isFinite }
        .map { "\(milliseconds.changed) \($0.element) \($0.offset + 1)\n" }
      try AtomicFile.write(lines.joined(), to: place.appendingPathComponent("metrics/\(name)"))
    }
  }

  /// Writes JSON, which is valid YAML.
  private func write(_ fields: [String: ConfigurationNode], to folder: URL) throws {
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(json: ConfigurationNode.map(fields), to: folder.appendingPathComponent("meta.yaml"))
  }

  private static func milliseconds(_ date: Date) -> Int { Int(date.timeIntervalSince1970 * 1000) }
}
