import Foundation
import Norma
import NormaReports
import NormaTracking

/// Keeps what people look at beside a training: curves for TensorBoard, the store of runs, the page of losses. None of
/// it is worth a training: what cannot be written is said once, and the run goes on.
final class RunTracking {
  private let folder: RunFolder
  private let storeFile: URL
  private let console: Console
  private let events: EventFile
  /// Opened once: one that cannot be opened does not keep every epoch waiting.
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

  /// After the bundle is written.
  func finish() {
    remember()
    attempt { try page()?.write(to: folder.report) }
  }

  private func remember() { attempt { try store.get().record(RunRecord(of: folder)) } }

  /// The page of losses; nil where the method has no epochs.
  private func page() throws -> HTMLPage? {
    let metrics = try MetricsTable(contentsOf: folder.metrics), run = try RunRecord(of: folder)
    func curve(_ name: String) -> TrainingReport.Curve {
      TrainingReport.Curve(name: name.replacing("_", with: " "), values: metrics.column(name))
    }
    guard metrics.count > 0 else { return nil }
    let parts = metrics.names.filter { $0.hasPrefix("training_") && $0 != "training_loss" }
    let panels = [("Loss", ["training_loss", "validation_loss"]), ("Parts of the training loss", parts)]
      .map { title, names in TrainingReport.Panel(title: title, curves: names.map(curve)) }
      .filter { panel in panel.curves.contains { $0.values.contains(where: \.isFinite) } }
    return TrainingReport(
      method: run.method, panels: panels,
      provenance: ReportProvenance(
        bundleName: run.name,
        settings: [("Epochs", "\(run.epochs)"), ("Best epoch", run.bestEpoch.map { "\($0)" } ?? "n/a")],
        version: NormaVersion.current)
    ).page
  }

  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch {
      let problem = Problem(error)
      guard failures.insert(problem.what).inserted else { return }
      console.log("not written: \(problem.what)", ["where": problem.place])
    }
  }
}
