import Norma

extension Reliability {
  /// The stated rates beside the rates of participants, or brains, that were held out from the calibration of a
  /// bundle.
  func section(of bundle: BundleDescription) -> HTMLPage.Section {
    let unit = bundle.calibrationUnit
    return HTMLPage.Section(
      "Do the rates hold?",
      [
        .paragraph(
          "Each of \(participants) \(unit)s of the calibration (\(bundle.calibrationBrain)) was held out in turn and "
            + "compared with the thresholds of the others. For a single scan, expect the spread of single \(unit)s."
        ),
        .table(table(unit)),
        .plot(
          plot.svg,
          caption:
            "Dot and line: all \(unit)s' voxels with their 95 % interval. Ticks: 5th and 95th percentile "
            + "over \(unit)s."
        ),
      ])
  }

  private func table(_ unit: String) -> ReportTable {
    ReportTable(
      caption: "Voxels above the threshold of a rate, in \(unit)s that were held out when it was chosen",
      columns: [
        .text("Stated (%)"), .number("Observed (%)"), .number("95 % interval"), .text("Within it"),
        .number("Single \(unit)s, 5th to 95th percentile"),
      ],
      rows: points.map { point in
        [
          percent(point.stated), percent(point.observed), range(point.interval), point.holds ? "yes" : "no",
          range(point.perParticipant),
        ]
      })
  }

  private var plot: IntervalPlot {
    IntervalPlot(
      title: "Observed against stated rate", xLabel: "observed / stated",
      rows: points.map { point in
        let (low, high) = (point.interval[0] / point.stated, point.interval[1] / point.stated)
        return IntervalPlot.Row(
          "\(percent(point.stated)) % stated", value: point.observed / point.stated, interval: low...high,
          values: point.perParticipant.map { $0 / point.stated })
      }, reference: ("as stated", 1))
  }

  private func range(_ ends: [Double]) -> String { "\(percent(ends[0])) to \(percent(ends[1]))" }

  private func percent(_ rate: Double) -> String { format(rate * 100) }
}
