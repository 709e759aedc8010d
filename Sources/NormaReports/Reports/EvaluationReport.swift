/// The page that `norma evaluate` leaves beside `evaluation.json`.
public struct EvaluationReport: Sendable {
  /// A metric with its interval.
  public struct Estimate: Sendable {
    /// The value.
    public let value: Double
    /// The interval, for example of a bootstrap over patients; nil where there is none.
    public let interval: ClosedRange<Double>?

    /// A metric's value.
    public init(_ value: Double, interval: ClosedRange<Double>? = nil) {
      self.value = value
      self.interval = interval
    }

    var text: String {
      interval.map { "\(aligned(value)) (\(aligned($0.lowerBound)) to \(aligned($0.upperBound)))" }
        ?? aligned(value)
    }
  }

  /// One method's results.
  public struct Method: Sendable {
    /// The method's name.
    public let name: String
    /// One estimate for each of the report's metrics.
    public let estimates: [Estimate]
    /// Its precision and recall; nil where none were computed.
    public let curve: PrecisionRecallPlot.Curve?
    /// The per-case metric of each case.
    public let perCase: [Double]

    /// One method's results.
    public init(
      name: String, estimates: [Estimate], curve: PrecisionRecallPlot.Curve? = nil, perCase: [Double] = []
    ) {
      self.name = name
      self.estimates = estimates
      self.curve = curve
      self.perCase = perCase
    }
  }

  /// What was evaluated, for example the cohort's name.
  public let subject: String
  /// Headings of the metrics.
  public let metrics: [String]
  /// What the intervals are, for example `95 % bootstrap interval over patients`.
  public let intervalNote: String
  /// The methods from top to bottom.
  public let methods: [Method]
  /// Share of lesion voxels, 0...1.
  public let prevalence: Double
  /// The name of the metric in `perCase`, for example `Dice`; its values lie in 0...1.
  public let perCaseMetric: String
  /// Sections below the headline metrics and curves.
  public let details: [HTMLPage.Section]
  /// How the evaluation was made.
  public let provenance: ReportProvenance

  /// A report about methods; each must have one estimate per metric.
  public init(
    subject: String, metrics: [String], intervalNote: String, methods: [Method], prevalence: Double,
    perCaseMetric: String, details: [HTMLPage.Section] = [], provenance: ReportProvenance
  ) {
    self.subject = subject
    self.metrics = metrics
    self.intervalNote = intervalNote
    self.methods = methods
    self.prevalence = prevalence
    self.perCaseMetric = perCaseMetric
    self.details = details
    self.provenance = provenance
  }

  /// The page.
  public var page: HTMLPage {
    HTMLPage(
      title: "Evaluation on \(subject)", subtitle: provenance.subtitle,
      sections: [
        HTMLPage.Section("Metrics", [.table(table)]),
        HTMLPage.Section("Curves and cases", [precisionRecall, perCase].compactMap { $0 }),
      ].filter { !$0.blocks.isEmpty } + details + [provenance.section])
  }

  private var table: ReportTable {
    ReportTable(
      caption: "Each value with its \(intervalNote)",
      columns: [.text("Method")] + metrics.map(ReportTable.Column.number),
      rows: methods.map { [$0.name] + $0.estimates.map(\.text) })
  }

  private var precisionRecall: HTMLPage.Block? {
    let curves = methods.compactMap(\.curve)
    guard !curves.isEmpty else { return nil }
    return .plot(
      PrecisionRecallPlot(curves: curves, prevalence: prevalence).svg,
      caption: "Precision and recall of voxels at every threshold; dashed, what guessing reaches.")
  }

  private var perCase: HTMLPage.Block? {
    let groups = methods.filter { !$0.perCase.isEmpty }.map { BoxPlot.Group($0.name, values: $0.perCase) }
    guard !groups.isEmpty else { return nil }
    return .plot(
      BoxPlot(title: "\(perCaseMetric) of each case", yLabel: perCaseMetric, groups: groups, yRange: 0...1)
        .svg,
      caption: "Each dot is one case; boxes are quartiles, whiskers reach 1.5 box heights.")
  }
}
