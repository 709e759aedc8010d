public import Foundation

/// The files of an experiment.
public struct ExperimentFolder: Sendable {
  /// The folder.
  public let url: URL

  /// The experiment in a folder, which need not exist yet.
  public init(_ url: URL) { self.url = url }

  /// The results, for other programs.
  public var results: URL { url.appendingPathComponent("results.json") }
  /// The main table, one row per method, chain and seed.
  public var table: URL { url.appendingPathComponent("results.tsv") }
  /// The main table and the ablation in Markdown.
  public var summary: URL { url.appendingPathComponent("table.md") }
  /// The report.
  public var report: URL { url.appendingPathComponent("report.html") }
  /// A plot of the report.
  public func plot(_ name: String) -> URL { url.appendingPathComponent("plots/\(name).svg") }
  /// Slices on the model grid; may be deleted at any time.
  var prepared: URL { url.appendingPathComponent("prepared") }

  /// The folder that a run is trained in.
  func training(of run: ExperimentPlan.Run) -> RunFolder {
    RunFolder(url.appendingPathComponent("runs/\(run.name)"))
  }

  /// Hash of the cohort of the experiment.
  var cohort: URL { url.appendingPathComponent("cohort.sha256") }

  /// The scores of all runs.
  var scores: URL { url.appendingPathComponent("scores") }

  /// The scores of a run.
  func scores(of run: ExperimentPlan.Run) -> URL { scores.appendingPathComponent("\(run.name).json") }

  /// A map that the report shows, relative to the folder.
  func map(of run: ExperimentPlan.Run, caseID: String) -> String {
    "scores/\(run.name)_maps/\(caseID)_desc-anomaly_FLAIR.nii.gz"
  }
}
