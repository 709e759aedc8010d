import Cohort
import Foundation

/// Which earlier session each session of a participant is compared with.
package enum SessionPairing: String, CaseIterable, Sendable {
  case previous, first

  /// A scan that was segmented, and the earlier one that it is compared with.
  struct Pair {
    let baseline, followUp: CohortSegmentation.Row
  }

  /// The pairs among the scans of one participant. Scans with the same name but for the session are compared, in the
  /// order of their dates where all of them have one, else of the numbers in the names of their sessions. Failed scans
  /// are left out.
  func pairs(among scans: [CohortSegmentation.Row]) -> [Pair] {
    let series = Dictionary(grouping: scans.filter { $0.result != nil && $0.scan.sessionID != nil }) {
      $0.scan.id.split(separator: "_").filter { !$0.hasPrefix("ses-") }.joined(separator: "_")
    }
    return series.sorted { $0.key < $1.key }.flatMap { _, scans in
      let ordered = Self.ordered(scans)
      return zip(ordered.indices.dropFirst(), ordered.dropFirst()).map { number, followUp in
        Pair(baseline: self == .first ? ordered[0] : ordered[number - 1], followUp: followUp)
      }
    }
  }

  private static func ordered(_ scans: [CohortSegmentation.Row]) -> [CohortSegmentation.Row] {
    let byName = scans.sorted { $0.scan.id.compare($1.scan.id, options: .numeric) == .orderedAscending }
    let dates = byName.compactMap(\.scan.acquisitionDate)
    guard dates.count == scans.count else { return byName }
    return zip(dates, byName.indices).sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { byName[$0.1] }
  }
}
