public import Norma

/// The plots of an experiment, for the page and as files of their own.
public struct ExperimentPlots {
  private let results: ExperimentResults

  /// The plots of a finished experiment, its runs with the rows of their cases.
  public init(_ results: ExperimentResults) { self.results = results }

  /// A plot with the name of its file and its caption.
  public struct Named: Sendable {
    /// The file's name without extension.
    public let name: String
    /// The drawing.
    public let svg: SVG
    /// A description of the plot.
    public let caption: String
  }

  /// All plots that are not empty.
  public var all: [Named] { [areas, curves, boxes, training].compactMap { $0 } }

  private static let point = "fpr_0.01"
  /// The baseline that plots show beside the methods.
  private static let reference = ExperimentPlan.baselines.first ?? ""
  private static let referenceName = ExperimentNames.method(reference)

  private var areas: Named? {
    let rows = results.headlines.compactMap { row in
      row.figures["auprc"].map { figure in
        IntervalPlot.Row(
          name(row), value: figure.mean, interval: figure.interval.map { $0[0]...$0[1] },
          values: figure.values.count > 1 ? figure.values : [], colour: results.colour(row.method))
      }
    }
    guard !rows.isEmpty else { return nil }
    let reference = results.headlines.first { $0.method == Self.reference }?.figures["auprc"]
    return Named(
      name: "auprc",
      svg: IntervalPlot(
        title: "AUPRC of every method", xLabel: "AUPRC", rows: rows,
        reference: reference.map { (Self.referenceName, $0.mean) }
      ).svg,
      caption:
        "Dots: mean over seeds; ticks: single seeds; lines: from the lowest to the highest end of the seeds' "
        + "95 % intervals; dashed: \(Self.referenceName), which learns nothing.")
  }

  private var curves: Named? {
    let published = results.headlines.filter { !$0.isScaled }
    let scaled = results.headlines.filter { $0.isScaled || $0.method == Self.reference }
    let plots = [
      curves(of: published, "Published chain"),
      scaled.contains(where: \.isScaled)
        ? curves(of: scaled, "Divided by sd, beside \(Self.referenceName)") : nil,
    ].compactMap { $0 }
    guard !plots.isEmpty else { return nil }
    return Named(
      name: "pr-curves", svg: PlotGrid(title: "Precision and recall of voxels", plots: plots).svg,
      caption:
        "Precision and recall of voxels at every threshold, first seed of each method; dashed: the share of "
        + "lesion voxels, which guessing reaches.")
  }

  private func curves(of rows: [ExperimentResults.Row], _ title: String) -> SVG? {
    let evaluations = rows.compactMap { row in results.firstSeed(row).map { (row, $0) } }
    let curves = evaluations.filter { !$1.curve.isEmpty }.map { row, evaluation in
      PrecisionRecallPlot.Curve(
        name: name(row), recall: evaluation.curve.map(\.recall),
        precision: evaluation.curve.map(\.precision), area: evaluation.auprc ?? .nan,
        colour: results.colour(row.method))
    }
    guard let first = evaluations.first, !curves.isEmpty else { return nil }
    return PrecisionRecallPlot(curves: curves, prevalence: first.1.prevalence, title: title).svg
  }

  private var boxes: Named? {
    let groups = results.headlines.compactMap { row -> (BoxPlot.Group, Int)? in
      let values = results.firstSeed(row).map(Self.dice) ?? []
      return values.isEmpty ? nil : (BoxPlot.Group(name(row), values: values), results.colour(row.method))
    }
    guard !groups.isEmpty else { return nil }
    return Named(
      name: "dice-boxes",
      svg: BoxRows(
        title: "Dice of each participant at FPR 1 %", xLabel: "Dice", groups: groups.map(\.0),
        colours: groups.map(\.1), xRange: 0...1
      ).svg,
      caption:
        "First seed of each method. Boxes are quartiles over participants with a lesion, whiskers reach 1.5 "
        + "box heights, dots are beyond them.")
  }

  /// Mean over the cases of each participant in whom Dice is defined.
  private static func dice(_ evaluation: Evaluation) -> [Double] {
    let cases = evaluation.table.compactMap { row in
      row.operatingPoints[point]?.dice.map { (participant: row.participantID, dice: $0) }
    }
    return Dictionary(grouping: cases, by: \.participant).sorted { $0.key < $1.key }.map { _, cases in
      cases.map(\.dice).reduce(0, +) / Double(cases.count)
    }
  }

  private var training: Named? {
    let plots = results.methods.compactMap { method in
      results.runs.first { $0.method == method && $0.training.count > 1 }.map(Self.losses)
    }
    guard !plots.isEmpty else { return nil }
    return Named(
      name: "training", svg: PlotGrid(title: "Losses over epochs", plots: plots).svg,
      caption:
        "Losses of the first seed of each network after each epoch, each in its own unit, on a logarithmic "
        + "axis where they fall by more than a factor of ten. Validation: lesion-free validation scans.")
  }

  private static func losses(_ run: RunResult) -> SVG {
    func points(_ loss: (EpochRecord) -> Double?) -> [(x: Double, y: Double)] {
      run.training.map { (Double($0.epoch), loss($0) ?? .nan) }
    }
    let series = [
      LinePlot.Series("training", points: points(\.trainingLoss)),
      LinePlot.Series("validation", points: points(\.validationLoss)),
    ].filter { $0.points.contains { $0.y.isFinite } }
    let range = span(series.flatMap(\.points).map(\.y))
    return LinePlot(
      title: ExperimentNames.method(run.method), xLabel: "Epoch", yLabel: "Loss", series: series,
      isLogarithmic: range.lowerBound > 0 && range.upperBound > 10 * range.lowerBound
    ).svg
  }

  private func name(_ row: ExperimentResults.Row) -> String {
    ExperimentNames.row(row) + (results.isLimited(row) ? " (\(row.testCases) scans)" : "")
  }
}
