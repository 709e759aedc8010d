import Foundation
import Norma

/// The plots and pictures of a group page, which are also files of their own.
struct CohortFigures {
  let analysis: GroupAnalysis
  let sessionVolumes: SessionVolumes
  /// The pictures of the frequency maps.
  let frequencies: [Montage]

  /// A figure with the name of its file.
  typealias Figure = (name: String, block: HTMLPage.Block)

  var all: [Figure] { maps + [volumes].compactMap { $0 } + covariates + sessions }

  var maps: [Figure] {
    frequencies.enumerated().map { index, montage in
      (montage.name ?? "frequency", .montage(montage, anchor: "frequency-\(index + 1)"))
    }
  }

  /// The volumes as a histogram, or per group as boxes; nil without any.
  var volumes: Figure? {
    let values = analysis.table.meanVolumes
    guard !values.isEmpty else { return nil }
    let title = "Volume of the regions of each participant", label = "Volume (mL)"
    let caption = "Volume of all regions of each participant, the mean of the participant's scans"
    guard let column = analysis.groups.column else {
      let plot = Histogram(title: title, xLabel: label, values: values.map(\.volumeML), bins: 20)
      return ("volume", .plot(plot.svg, caption: "\(caption); \(values.count) participants."))
    }
    let groups = analysis.groups.names.map { name in
      let members = values.filter { analysis.groups.group(of: $0.participantID) == name }
      return BoxPlot.Group("\(name) (\(members.count))", values: members.map(\.volumeML))
    }
    return (
      "volume",
      .plot(
        BoxPlot(title: title, yLabel: label, groups: groups).svg,
        caption: "\(caption), by \(column), with the number of participants.")
    )
  }

  /// The volumes against each covariate that has enough participants.
  var covariates: [Figure] {
    let shown = analysis.covariates.covariates.filter { $0.points.count >= RankCorrelation.fewest }
    return zip(shown, shown.map(\.name).fileLabels).map { covariate, label in
      let caption =
        covariate.correlation.map { correlation in
          "Spearman's rank correlation \(format(correlation.coefficient))\(Self.text(correlation.interval)), "
            + "\(correlation.count) participants"
        } ?? "The covariate or the volume is constant"
      let plot = ScatterPlot(
        title: "Volume against \(covariate.name)", xLabel: covariate.label, yLabel: "Volume (mL)",
        groups: groups(of: covariate.points, id: \.participantID) { name, points in
          ScatterPlot.Group(name, points: points.map { ($0.value, $0.volumeML) })
        })
      return ("covariate\(label)", .plot(plot.svg, caption: "\(caption)."))
    }
  }

  static func text(_ interval: ClosedRange<Double>?) -> String {
    interval.map { " (95 %: \(format($0.lowerBound)) to \(format($0.upperBound)))" } ?? ""
  }

  /// The groups of participants in a plot, with one for those without a group.
  private func groups<Value>(
    of values: [Value], id: (Value) -> String, plotted: (String, [Value]) -> ScatterPlot.Group
  ) -> [ScatterPlot.Group] {
    let members = Dictionary(grouping: values) { analysis.groups.group(of: id($0)) }
    return analysis.groups.names.map { plotted($0, members[$0] ?? []) }
      + (members[nil].map { [plotted("no group", $0)] } ?? [])
  }

  /// The volumes by session, and over time where it is known; empty unless a participant has several sessions.
  var sessions: [Figure] { [volumesBySession, volumesOverTime].compactMap { $0 } }

  private var volumesBySession: Figure? {
    let participants = sessionVolumes.participants
    guard !participants.isEmpty else { return nil }
    let volumes = participants.flatMap { zip($0.sessions.map(\.id), $0.volumesML) }
    let names = Set(volumes.map(\.0)).sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    let groups = names.map { name in
      BoxPlot.Group(name, values: volumes.filter { $0.0 == name }.map(\.1))
    }
    return (
      "sessions",
      .plot(
        BoxPlot(title: "Volume by session", yLabel: "Volume (mL)", groups: groups).svg,
        caption: "Volume of all regions of the participants with several sessions. \(sessionVolumes.masks)")
    )
  }

  private var volumesOverTime: Figure? {
    let lines = sessionVolumes.participants.compactMap { participant in
      let points = zip(participant.sessions, participant.volumesML).compactMap { session, volume in
        session.days.map { (x: $0, y: volume) }
      }
      return points.count > 1 ? (participantID: participant.id, points: points) : nil
    }
    guard !lines.isEmpty else { return nil }
    let others = sessionVolumes.participants.count - lines.count
    let plot = ScatterPlot(
      title: "Volume over time", xLabel: "Days since the first session", yLabel: "Volume (mL)",
      groups: groups(of: lines, id: \.participantID) { ScatterPlot.Group($0, lines: $1.map(\.points)) })
    return (
      "time",
      .plot(
        plot.svg,
        caption: "The same volumes by days, one line per participant."
          + (others == 0 ? "" : " Without times of acquisition, and so without a line: \(others)."))
    )
  }
}
