import Foundation
import Norma
import NormaReports
import NormaTracking

/// The curves for TensorBoard, the store of runs and the page of losses of a training. A failure to write one
/// of them is logged once and does not stop the training.
final class RunTracking {
  private let folder: RunFolder
  private let storeFile: URL
  private let console: Console
  private let events: EventFile
  /// The store, opened once, so that a store that cannot be opened does not delay every epoch.
  private lazy var store = Result { try RunStore(storeFile) }
  private var failures = Set<String>()

  init(of folder: RunFolder, store: URL, console: Console) {
    (self.folder, storeFile, self.console) = (folder, store, console)
    events = EventFile(of: folder)
  }

  func add(_ event: TrainingEvent) {
    attempt { try events.add(event) }
    switch event {
    case .started, .epoch: remember()
    default: break
    }
  }

  /// Finishes after the bundle is written.
  func finish() {
    remember()
    attempt { try writePage() }
  }

  private func remember() { attempt { try store.get().record(RunRecord(of: folder)) } }

  /// Writes the page of losses, if the method has epochs.
  private func writePage() throws {
    let metrics = try MetricsTable(contentsOf: folder.metrics), run = try RunRecord(of: folder)
    guard metrics.count > 0 else { return }
    let provenance = ReportProvenance(
      bundleName: run.name,
      settings: [("Epochs", "\(run.epochs)"), ("Best epoch", run.bestEpoch.map { "\($0)" } ?? "n/a")],
      version: NormaVersion.current)
    try TrainingReport(
      method: run.method, metrics: metrics.names.map { ($0, metrics.column($0)) }, provenance: provenance
    ).page.write(to: folder.report)
  }

  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch {
      let problem = Problem(error)
      guard failures.insert(problem.what).inserted else { return }
      console.log("not written: \(problem.what)", ["where": problem.location])
    }
  }
}
