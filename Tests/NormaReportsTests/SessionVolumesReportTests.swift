import Testing

@testable import Norma
@testable import NormaReports

/// What the page of a group says about the volumes of sessions.
@Suite struct SessionVolumesReportTests {
  private static func participant(_ id: String, _ volumes: [(Double, Double?)]) -> SessionVolumes.Participant
  {
    SessionVolumes.Participant(
      id: id,
      sessions: volumes.enumerated().map { number, volume in
        SessionVolumes.Session(
          id: "ses-\(number + 1)", days: number == 0 ? 0 : 30.6, volumeML: volume.0, jointVolumeML: volume.1)
      })
  }

  private static let joint = participant("sub-1", [(1, 2), (1.5, 2.25)])
  private static let single = participant("sub-2", [(1, 2), (1.5, nil)])

  @Test func theMasksAreNamed() {
    func masks(_ participants: SessionVolumes.Participant...) -> String {
      SessionVolumes(participants: participants).masks
    }
    #expect(masks(Self.joint).contains("thresholded together") && !masks(Self.joint).contains("single scans"))
    #expect(masks(Self.single) == "Volumes are in the masks of single scans.")
    #expect(masks(Self.joint, Self.single).contains("Volumes of 1 of 2 participants are in masks that were"))
  }

  @Test func changesAreThoseSinceTheFirstSession() {
    let table = SessionVolumes(participants: [Self.joint, Self.single]).report { .text($0) }
    func cells(_ row: [String]) -> [HTML] { row.map { .text($0) } }
    #expect(
      table.rows == [
        cells(["sub-1", "ses-1", "0", "2.00", "–", "together"]),
        cells(["sub-1", "ses-2", "31", "2.25", "0.250", "together"]),
        cells(["sub-2", "ses-1", "0", "1.00", "–", "single scan"]),
        cells(["sub-2", "ses-2", "31", "1.50", "0.500", "single scan"]),
      ])
  }
}
