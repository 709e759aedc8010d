package import Base
package import Foundation

/// The sessions of one participant in their order.
package struct SessionOrder: Sendable {
  /// A session and its time in days since the first one, nil without dates of both.
  package struct Session: Hashable, Sendable {
    package let id: String
    package let days: Double?
  }

  /// The scans that have a session, in the order of their times where all of them have one, else of the numbers in
  /// their names.
  package let scans: [ScanCase]
  package let sessions: [Session]
  /// Whether the times that are known are in another order than the names of the sessions.
  package let contradictsNames: Bool
  /// What is wrong with the times.
  package let warnings: [Problem]

  /// Orders the scans of a participant.
  package init(of scans: [ScanCase]) {
    let byName = scans.filter { $0.sessionID != nil }
      .sorted { $0.id.compare($1.id, options: .numeric) == .orderedAscending }
    let read = AcquisitionTimes(of: byName), times = read.times
    let dated = byName.compactMap { scan in times[scan.image].map { (time: $0, scan: scan) } }
    // Scans of one time stay in the order of their names.
    let byTime = dated.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element.scan)
    let ordered = byTime.count == byName.count ? byTime : byName
    let first = ordered.first.flatMap { times[$0.image] }
    self.scans = ordered
    sessions = ordered.distinctSessions.map { scan in
      let time = times[scan.image]
      return Session(
        id: scan.sessionID ?? "", days: first.flatMap { first in time.map { $0.days(since: first) } })
    }
    contradictsNames =
      byTime.distinctSessions.map(\.sessionID) != dated.map(\.scan).distinctSessions.map(\.sessionID)
    warnings = read.warnings
  }
}

extension [ScanCase] {
  /// The first scan of every session.
  fileprivate var distinctSessions: [ScanCase] {
    var known = Set<String?>()
    return filter { known.insert($0.sessionID).inserted }
  }
}

/// The sessions of all participants who have several.
package struct SessionOrders: Sendable {
  /// The sessions of each of these participants in their order.
  package let sessions: [String: [SessionOrder.Session]]
  /// What is wrong with times, and the participants whose sessions have names in another order than their times.
  package let warnings: [Problem]

  /// Orders the sessions of a data set in the folder `root`.
  package init(of layout: BIDSLayout, root: URL) {
    let orders = layout.participants.compactMap { participant -> (id: String, order: SessionOrder)? in
      let scans = participant.scans.map(\.scanCase)
      guard Set(scans.compactMap(\.sessionID)).count > 1 else { return nil }
      return (participant.id, SessionOrder(of: scans))
    }
    sessions = Dictionary(uniqueKeysWithValues: orders.map { ($0.id, $0.order.sessions) })
    let misnamed = orders.filter(\.order.contradictsNames).map(\.id)
    let contradiction = Problem(
      .badData, "the sessions are in another order by their times than by their names: \(listed(misnamed))",
      at: root.path, advice: "check both; the times decide where all scans of a participant have one")
    warnings = orders.flatMap(\.order.warnings) + (misnamed.isEmpty ? [] : [contradiction])
  }
}
