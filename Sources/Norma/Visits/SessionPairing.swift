import Cohort
import Foundation

/// Which earlier session each session of a participant is compared with.
package enum SessionPairing: String, CaseIterable, Sendable {
  case previous, first

  /// A scan that was segmented, and the earlier one that it is compared with.
  struct Pair {
    let baseline, followUp: CohortSegmentation.Row
  }

  /// The pairs among the scans of one participant, in their order (``SessionOrder``). Scans with the same name but for
  /// the session are compared. Failed scans are left out.
  func pairs(among scans: [CohortSegmentation.Row]) -> [Pair] {
    let rows = Dictionary(uniqueKeysWithValues: scans.map { ($0.scan.id, $0) })
    let done = SessionOrder(of: scans.map(\.scan)).scans.compactMap { rows[$0.id] }.filter {
      $0.result != nil
    }
    let series = Dictionary(grouping: done) {
      $0.scan.id.split(separator: "_").filter { !$0.hasPrefix("ses-") }.joined(separator: "_")
    }
    return series.sorted { $0.key < $1.key }.flatMap { _, ordered in
      zip(ordered.indices.dropFirst(), ordered.dropFirst()).map { number, followUp in
        Pair(baseline: self == .first ? ordered[0] : ordered[number - 1], followUp: followUp)
      }
    }
  }
}
