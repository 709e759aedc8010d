import Norma

/// The volumes of participants with several sessions, side by side.
struct SessionTable {
  /// The names of the sessions in their order.
  let sessions: [String]
  /// The participants with the mean volume in mL of each session's scans; nil for a session without one.
  let participants: [(id: String, volumes: [Double?])]

  init(_ table: GroupTable) {
    let rows = table.rows(.ok).filter { $0.sessionID != nil }
    let all = table.participants.compactMap { id -> (String, [String: [Double]])? in
      let volumes = rows.filter { $0.participantID == id }.reduce(into: [String: [Double]]()) {
        volumes, row in
        volumes[row.sessionID ?? "", default: []] += [row.lesionVolumeML].compactMap { $0 }
      }
      return volumes.count > 1 ? (id, volumes) : nil
    }
    let sessions = Set(all.flatMap(\.1.keys)).sorted()
    self.sessions = sessions
    participants = all.map { id, volumes in
      (id, sessions.map { name in volumes[name].map { $0.reduce(0, +) / Double(max($0.count, 1)) } })
    }
  }

  var isEmpty: Bool { participants.isEmpty }

  /// The table with the change from the first to the last session of each participant.
  func report(link: (String) -> HTML) -> ReportTable {
    ReportTable(
      caption: "Volume of all regions by session (mL), and the change from the first to the last",
      columns: [.text("Participant")] + sessions.map { .number($0) } + [.number("Change (mL)")],
      rows: participants.map { id, volumes in
        let present = volumes.compactMap { $0 }
        let change = (present.last ?? .nan) - (present.first ?? .nan)
        return [link(id)] + (volumes.map { $0 ?? .nan } + [change]).map { .text(format($0)) }
      })
  }
}
