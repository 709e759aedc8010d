import Norma

/// The tables of lesion-wise, distance and detection figures of an experiment's headline rows.
struct LesionTables {
  let results: ExperimentResults

  private typealias Cell = FigureTable.Cell
  private typealias Seed = (value: Double, interval: [Double]?)

  private static let point = "fpr_0.01"

  /// Figures per participant.
  var perParticipant: FigureTable {
    let columns = [
      ("Lesion recall", "lesion_recall"), ("Lesion F1", "lesion_f1"), ("HD95 (mm)", "hd95_mm"),
      ("Surface Dice, 1 mm", "surface_dice_1mm"),
    ]
    return table(
      caption:
        "At FPR 1 %: mean over participants, then over seeds; in brackets from the lowest to the "
        + "highest end of the seeds' 95 % intervals. HD95 leaves out participants without a prediction.",
      columns: columns.map(\.0)
    ) { evaluation in
      columns.map { column in
        evaluation.atOperatingPoint(Self.point)?.perParticipant[column.1].map { ($0.mean, $0.interval) }
      }
    }
  }

  /// Recall of lesions by size; nil without lesions of known size.
  var bySize: FigureTable? {
    let strata = results.headlines.lazy.compactMap { self.strata(of: results.firstSeed($0)) }.first
    guard let strata else { return nil }
    return table(
      caption: "Share of lesions that a predicted voxel touches at FPR 1 %, by size in mm³ "
        + "(single slices: mm²)",
      columns: strata.map { "\($0.size) (\($0.lesions) lesions)" }
    ) { evaluation in
      let found = self.strata(of: evaluation) ?? []
      return strata.map { stratum in
        found.first { $0.size == stratum.size }.flatMap { one in one.recall.map { ($0, one.recallInterval) } }
      }
    }
  }

  /// Detection of scans with a lesion; nil if all test scans are of one kind.
  var detection: FigureTable? {
    let columns = [
      ("AUROC, mean score", "mean"), ("AUROC, 99.9th percentile", "p99_9"), ("AUROC, highest score", "max"),
    ]
    guard results.headlines.contains(where: { results.firstSeed($0)?.detection != nil }) else { return nil }
    return table(
      caption:
        "Does a scan have a lesion, by one score of the scan? Scans with and without a lesion may differ in "
        + "more than the lesion, such as the scanner.", columns: columns.map(\.0)
    ) { evaluation in
      columns.map { column in evaluation.detection?[column.1].map { ($0.auroc, $0.aurocInterval) } }
    }
  }

  private func strata(of evaluation: Evaluation?) -> [Evaluation.Stratum]? {
    evaluation?.atOperatingPoint(Self.point)?.lesionStrata
  }

  /// A table with one line per headline row; `figures` gives one entry per column for each seed.
  private func table(
    caption: String, columns: [String], figures: (Evaluation) -> [Seed?]
  ) -> FigureTable {
    FigureTable(
      caption: caption,
      columns: [.text("Method"), .text("Chain")] + columns.map(ReportTable.Column.number),
      rows: results.headlines.map { row in
        let seeds = results.seeds(row).map(figures)
        return [Cell(ExperimentNames.method(row.method)), Cell(ExperimentNames.chain(row.chain))]
          + columns.indices.map { column in
            let figure = ExperimentResults.Figure(over: seeds.compactMap { $0[column] })
            let digits = columns[column].hasSuffix("(mm)") ? 1 : 3
            return Cell(
              decimals(figure?.mean, digits),
              below: [decimals(figure?.interval, digits)].compactMap { $0 })
          }
      })
  }
}
