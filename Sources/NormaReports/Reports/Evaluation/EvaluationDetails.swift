public import Norma

/// The sections of an evaluation's page below its headline metrics.
public struct EvaluationDetails {
  private let evaluation: Evaluation

  /// The details of one method's evaluation.
  public init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  /// One section per subject; sections without figures are left out.
  public var sections: [HTMLPage.Section] {
    [
      HTMLPage.Section("Thresholds chosen before the test", [.table(voxels), .table(perParticipant)]),
      lesions, lesionFree, detection,
    ].compactMap { $0 }
  }

  private var points: [Evaluation.AtOperatingPoint] { evaluation.operatingPoints }

  private var voxels: ReportTable {
    let dropped = evaluation.minimumLesionSize
    return ReportTable(
      caption: "Pooled over all brain voxels"
        + (dropped > 0
          ? "; predicted regions below \(format(dropped)) mm³ are dropped, except for the FPR" : ""),
      columns: [.text("Threshold from")]
        + ["Score above", "Dice", "Observed FPR", "Precision", "Recall"].map(ReportTable.Column.number),
      rows: points.map { point in
        [
          point.title, aligned(point.threshold), aligned(point.dice, point.diceInterval),
          number(point.observedFPR), number(point.precision), number(point.recall),
        ]
      })
  }

  private static let perParticipantFigures = [
    ("Dice", "dice"), ("HD95 (mm)", "hd95_mm"), ("Surface Dice, 1 mm", "surface_dice_1mm"),
    ("Volume difference (%)", "absolute_volume_difference_percent"), ("Lesion recall", "lesion_recall"),
    ("Lesion F1", "lesion_f1"),
  ]

  private var perParticipant: ReportTable {
    FigureTable(
      caption:
        "Mean over participants; below it the standard deviation, the median and the number of participants in "
        + "whom the figure is defined",
      columns: [.text("Threshold from")] + Self.perParticipantFigures.map { .number($0.0) },
      rows: points.map { point in
        [FigureTable.Cell(point.title)] + Self.perParticipantFigures.map { cell(point.perParticipant[$0.1]) }
      }
    ).report
  }

  private func cell(_ summary: Evaluation.Summary?) -> FigureTable.Cell {
    guard let summary else { return FigureTable.Cell(number(nil)) }
    return FigureTable.Cell(
      aligned(summary.mean),
      below: ["± \(aligned(summary.sd))", "median \(aligned(summary.median))", "n = \(summary.participants)"])
  }

  private var lesions: HTMLPage.Section? {
    guard let first = points.first?.lesionStrata else { return nil }
    let table = ReportTable(
      caption: "Share of lesions that a predicted voxel touches, by lesion size in mm³ (slices: mm²)",
      columns: [.text("Threshold from")] + first.map { .number("\($0.size) (n = \($0.lesions))") },
      rows: points.map { point in
        [point.title] + (point.lesionStrata ?? []).map { aligned($0.recall, $0.recallInterval) }
      })
    return HTMLPage.Section("Lesions found", [.table(table)])
  }

  private var lesionFree: HTMLPage.Section? {
    let free = points.compactMap { point in point.lesionFree.map { (point.title, $0) } }
    guard let cases = free.first?.1.cases else { return nil }
    let table = ReportTable(
      caption: "\(cases) lesion-free \(cases == 1 ? "case" : "cases"), in which every prediction is false; "
        + "volume and regions: mean ± sd / median over participants (their number)",
      columns: [.text("Threshold from")]
        + ["Cases flagged", "Volume (mL)", "Regions"]
        .map(ReportTable.Column.number),
      rows: free.map { title, figures in
        [
          title, aligned(figures.fractionFlagged, figures.fractionFlaggedInterval), spread(figures.volume),
          spread(figures.regions),
        ]
      })
    return HTMLPage.Section("Lesion-free cases", [.table(table)])
  }

  private static let scores = [
    ("mean", "mean score"), ("p99_9", "99.9th percentile"), ("max", "highest score"),
  ]

  private var detection: HTMLPage.Section? {
    guard let detection = evaluation.detection else { return nil }
    let healthy = evaluation.table.filter { !$0.hasLesion }.count
    let table = ReportTable(
      caption: "Does a case have a lesion? \(evaluation.cases - healthy) have one, "
        + "\(healthy) \(healthy == 1 ? "has" : "have") none",
      columns: [.text("Score of a case"), .number("AUROC"), .number("AUPRC")],
      rows: Self.scores.compactMap { key, title in
        detection[key].map {
          [title, aligned($0.auroc, $0.aurocInterval), aligned($0.auprc, $0.auprcInterval)]
        }
      })
    return HTMLPage.Section(
      "Detection of cases with a lesion",
      [
        .table(table),
        .paragraph(
          "If the cases with and without a lesion come from different sets or scanners, these figures may "
            + "show the difference between the sets, not the lesions."),
      ])
  }

  private func number(_ value: Double?) -> String { aligned(value ?? .nan) }

  private func spread(_ summary: Evaluation.Summary?) -> String {
    guard let summary else { return number(nil) }
    return "\(aligned(summary.mean)) ± \(aligned(summary.sd)) / \(aligned(summary.median)) "
      + "(\(summary.participants))"
  }
}
