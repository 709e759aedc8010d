import Foundation
import Norma
import NormaTracking

/// The table of training runs, and what a reader must not compare in it.
struct RunTable {
  private static let columns = [
    "name", "method", "state", "epochs", "duration", "best_epoch", "best_loss", "validation_dice", "data",
    "changed", "folder",
  ]

  let runs: [RunRecord]

  var table: TextTable {
    TextTable(
      columns: Self.columns,
      rows: runs.map { run in
        [
          run.name, run.method, run.state.rawValue, "\(run.epochs)", run.duration, Self.text(run.bestEpoch),
          Self.text(run.bestLoss), Self.text(run.validationDice), run.data ?? "n/a",
          run.changed.formatted(.iso8601), run.folder,
        ]
      })
  }

  /// The figures of a run by name.
  static func figures(_ run: RunRecord) -> [(key: String, value: String)] {
    [
      ("folder", run.folder), ("data", run.data ?? "n/a"), ("state", run.state.rawValue),
      ("epochs", "\(run.epochs)"), ("duration", run.duration),
      ("best_epoch", text(run.bestEpoch)), ("best_loss", text(run.bestLoss)),
      ("last_loss", text(run.lastLoss)), ("validation_dice", text(run.validationDice)),
      ("started", run.started.formatted(.iso8601)), ("changed", run.changed.formatted(.iso8601)),
    ]
  }

  /// A warning if the runs with a loss are of several methods or data; nil if their losses can be compared.
  var warning: String? {
    let kinds = Set(runs.filter { $0.bestLoss != nil }.map { [$0.method, $0.data ?? ""] })
    guard kinds.count > 1 else { return nil }
    return
      "warning: losses of different methods or data cannot be compared; compare validation_dice or norma evaluate"
  }

  private static func text(_ value: Int?) -> String { value.map { "\($0)" } ?? "n/a" }
  private static func text(_ value: Double?) -> String { value.map { String(format: "%.5g", $0) } ?? "n/a" }
}

extension RunRecord {
  /// The manifest of the training scans; nil if the run's folder is gone.
  fileprivate var data: String? { try? home.start().source.manifest }

  /// The Dice on the validation scans with a lesion mask, at its best threshold; nil without any.
  fileprivate var validationDice: Double? {
    (try? ModelBundle(contentsOf: home.bundle))?.description.calibration.labelledValidation?.dice
  }

  /// The time from the start to the last change, such as `1 h 05 min` or `40 s`.
  fileprivate var duration: String {
    let seconds = Int(changed.timeIntervalSince(started))
    let minutes = seconds / 60
    return seconds < 60
      ? "\(seconds) s"
      : minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(String(format: "%02d", minutes % 60)) min"
  }
}
