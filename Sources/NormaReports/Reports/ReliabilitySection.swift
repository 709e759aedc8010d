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
          "The thresholds were set on \(bundle.calibrationBrain). To test them, each of \(participants) \(unit)s was left "
            + "out in turn. A single scan can differ as much as single \(unit)s do in the last column."
        ),
        .table(table(unit)),
        .plot(
          plot.svg,
          caption:
            "Dot and line: all voxels with their 95 % interval. Ticks: 5th and 95th percentile of single \(unit)s."
        ),
      ])
  }

  private func table(_ unit: String) -> ReportTable {
    ReportTable(
      caption: "Share of voxels above each threshold in \(unit)s that were not used to set it",
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
