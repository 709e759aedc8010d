public import Foundation

/// The files of an experiment.
public struct ExperimentFolder: Sendable {
  /// The folder.
  public let url: URL

  /// An experiment in a folder, which need not exist yet.
  public init(_ url: URL) { self.url = url }

  /// Everything measured, for other programs.
  public var results: URL { url.appendingPathComponent("results.json") }
  /// The main table, one row for each method, chain and seed.
  public var table: URL { url.appendingPathComponent("results.tsv") }
  /// The main table and the ablation as Markdown.
  public var summary: URL { url.appendingPathComponent("table.md") }
  /// The page.
  public var report: URL { url.appendingPathComponent("report.html") }
  /// A plot of the page as a file of its own.
  public func plot(_ name: String) -> URL { url.appendingPathComponent("plots/\(name).svg") }
  /// Prepared slices; may be deleted at any time.
  var prepared: URL { url.appendingPathComponent("prepared") }

  /// The training run of a part.
  func run(_ part: ExperimentPlan.Part) -> RunFolder {
    RunFolder(url.appendingPathComponent("runs/\(part.name)"))
  }

  /// Hash of the cohort that the folder belongs to.
  var cohort: URL { url.appendingPathComponent("cohort.sha256") }

  /// What the parts showed.
  var parts: URL { url.appendingPathComponent("parts") }

  /// What a part showed.
  func part(_ part: ExperimentPlan.Part) -> URL { parts.appendingPathComponent("\(part.name).json") }

  /// A map that the report shows, relative to the folder.
  func map(_ part: ExperimentPlan.Part, caseID: String) -> String {
    "parts/\(part.name)_maps/\(caseID)_desc-anomaly_FLAIR.nii.gz"
  }
}
