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

  var all: [Figure] { maps + [volumes].compactMap { $0 } + covariates + [sessions].compactMap { $0 } }

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
        groups: groups(of: covariate))
      return ("covariate\(label)", .plot(plot.svg, caption: "\(caption)."))
    }
  }

  static func text(_ interval: ClosedRange<Double>?) -> String {
    interval.map { " (95 %: \(format($0.lowerBound)) to \(format($0.upperBound)))" } ?? ""
  }

  private func groups(of covariate: GroupCovariates.Covariate) -> [ScatterPlot.Group] {
    func group(_ name: String, _ isMember: (String) -> Bool) -> ScatterPlot.Group {
      ScatterPlot.Group(
        name, points: covariate.points.filter { isMember($0.participantID) }.map { ($0.value, $0.volumeML) })
    }
    let named = analysis.groups.names.map { name in group(name) { analysis.groups.group(of: $0) == name } }
    let others = group("no group") { analysis.groups.group(of: $0) == nil }
    return named + (others.points.isEmpty ? [] : [others])
  }

  /// The volumes by session; nil unless a participant has several.
  var sessions: Figure? {
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
}
