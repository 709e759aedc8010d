import Base
package import Foundation

/// The volumes of all regions at the sessions of the participants who have several.
package struct SessionVolumes: Sendable {
  /// The mean volumes in mL of the scans of a session.
  package struct Session: Sendable {
    package let id: String
    /// The days since the participant's first session; nil without times of both.
    package let days: Double?
    /// In the masks of the single scans.
    package let volumeML: Double
    /// In the masks that were thresholded together with those of other sessions, the mean of all comparisons; nil
    /// without a comparison.
    package let jointVolumeML: Double?
  }

  /// A participant with several sessions.
  package struct Participant: Sendable {
    package let id: String
    /// The sessions in their order.
    package let sessions: [Session]

    /// Whether every session was compared with another one.
    package var isJoint: Bool { sessions.allSatisfy { $0.jointVolumeML != nil } }

    /// The volumes in mL of the sessions, all from the same kind of masks: those that were thresholded together if there
    /// are such of every session, else those of single scans.
    package var volumesML: [Double] {
      isJoint ? sessions.compactMap(\.jointVolumeML) : sessions.map(\.volumeML)
    }
  }

  /// The participants in the order of the data set.
  package let participants: [Participant]

  /// Writes the table and the description of its columns, and returns the table's file; nil without a participant.
  package func write(to dataset: DerivativeDataset) throws -> URL? {
    guard !participants.isEmpty else { return nil }
    let rows = participants.flatMap { participant in
      participant.sessions.map { (participantID: participant.id, session: $0) }
    }
    let file = dataset.file("group_sessions.tsv")
    try AtomicFile.writeIfChanged(Data(Self.columns.table(of: rows).text.utf8), at: file)
    try AtomicFile.writeIfChanged(
      AtomicFile.encoded(Self.columns.descriptions()), at: dataset.file("group_sessions.json"))
    return file
  }

  private static let columns: [TableColumn<(participantID: String, session: Session)>] = [
    TableColumn("participant_id", "Participant") { $0.participantID },
    TableColumn("session_id", "Session") { $0.session.id },
    TableColumn(
      "days", "Time since the participant's first session; n/a without times of acquisition of both",
      units: "d"
    ) { $0.session.days?.formatted(fraction: 2) },
    TableColumn(
      "lesion_volume_ml",
      "Volume of all regions in the masks of single scans, the mean of the session's scans",
      units: "mL"
    ) { $0.session.volumeML.formatted(fraction: 4) },
    TableColumn(
      "joint_volume_ml",
      "Volume in the masks that were thresholded together with those of another session, the mean of the "
        + "session's comparisons; n/a without one",
      units: "mL"
    ) { $0.session.jointVolumeML?.formatted(fraction: 4) },
  ]
}

extension SessionVolumes {
  /// The volumes of the scans of a group and of their comparisons, in the order of the sessions.
  package init(of table: GroupTable, _ visits: VisitTable, _ orders: SessionOrders) {
    let scans = Dictionary(grouping: table.rows(.ok), by: \.participantID)
    let joint = visits.jointVolumesML
    participants = table.participants.compactMap { id in
      let sessions = Dictionary(grouping: scans[id] ?? [], by: \.sessionID)
      let volumes = orders.sessions[id]?.compactMap { session -> Session? in
        let scans = sessions[session.id] ?? []
        return scans.meanVolumeML.map { volume in
          Session(
            id: session.id, days: session.days, volumeML: volume,
            jointVolumeML: scans.compactMap { joint[$0.caseID] }.mean)
        }
      }
      return volumes.flatMap { $0.count > 1 ? Participant(id: id, sessions: $0) : nil }
    }
  }
}

extension VisitTable {
  /// The mean volume in mL of each scan in the masks of its comparisons that are up to date.
  fileprivate var jointVolumesML: [String: Double] {
    let volumes = rows.filter { $0.status == .ok }.flatMap { row in
      [(row.baselineID, row.baselineVolumeML), (row.followUpID, row.followUpVolumeML)]
    }
    return Dictionary(grouping: volumes) { $0.0 ?? "" }.compactMapValues { $0.compactMap(\.1).mean }
  }
}
