import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort

/// The order of sessions by times of acquisition, and what those may look like.
@Suite struct SessionOrderTests {
  static let days: [(text: String, days: Double)] = [
    ("2020-01-01T00:00:00", 0), ("2020-01-02", 1), ("20200102", 1), ("2020-03-01T00:00:00Z", 60),
    ("2020-01-01T12:00:00.500000", 0.5 + 0.5 / 86_400), ("2019-12-31T23:59:60", 0),
    // Shifted dates are before 1925.
    ("1900-01-01T00:00:00", -43_829), ("1899-12-31T06:00:00.000000Z", -43_829.75),
  ]

  @Test(arguments: days) func aTimeHasItsDays(text: String, days: Double) throws {
    let first = try #require(AcquisitionTime("2020-01-01T00:00:00")),
      time = try #require(AcquisitionTime(text))
    #expect(abs(time.days(since: first) - days) < 1e-6 && time.text == text)
    #expect((time < first) == (days < 0) && (time == first) == (days == 0))
  }

  @Test(arguments: [
    "", "n/a", "01/02/2020", "2020-13-01", "2020-02-30T10:00:00", "2020-1-1", "2020-01-01 10:00:00",
    "2020-01-01T10:00", "2020-01-01T25:00:00", "2020-01-01T10:00:61", "2020-01-01T10:00:00+01:00",
    "２０２０-01-01",
  ])
  func anythingElseIsNotATime(text: String) { #expect(AcquisitionTime(text) == nil) }

  /// The order of scans of `sub-1` with these tables, files by name below the folder of the participant.
  private func order(_ scans: [String], _ files: [String: String]) throws -> SessionOrder {
    try withTemporaryFolder { root in
      for (name, text) in files {
        try AtomicFile.write(text, to: root.appendingPathComponent("sub-1/\(name)"))
      }
      return SessionOrder(
        of: scans.map { scan in
          let session = scan.split(separator: "_")[0]
          return ScanCase(
            scan: root.appendingPathComponent("sub-1/\(session)/anat/sub-1_\(scan)_FLAIR.nii.gz"))
        })
    }
  }

  private static let three = ["ses-1", "ses-10", "ses-2"]

  private static func sessions(_ cells: String...) -> [String: String] {
    let rows = zip(["ses-1", "ses-2", "ses-10"], cells).map { "\($0)\t\($1)\n" }.joined()
    return ["sub-1_sessions.tsv": "session_id\tacq_time\n\(rows)"]
  }

  private func ids(_ order: SessionOrder) -> [String] { order.sessions.map(\.id) }

  @Test func namesDecideWithoutTimes() throws {
    let tables: [[String: String]] = [
      [:], ["sub-1_sessions.tsv": "session_id\tage\nses-1\t40\n"], Self.sessions("n/a", "", "n/a"),
    ]
    for files in tables {
      let found = try order(Self.three, files)
      #expect(ids(found) == ["ses-1", "ses-2", "ses-10"])
      #expect(found.sessions.allSatisfy { $0.days == nil })
      #expect(!found.contradictsNames && found.warnings.isEmpty)
    }
  }

  @Test func timesDecideAndGiveDays() throws {
    let found = try order(
      Self.three, Self.sessions("1910-05-01T00:00:00", "1910-01-01T00:00:00", "1911-01-01T12:00:00"))
    #expect(ids(found) == ["ses-2", "ses-1", "ses-10"])
    #expect(found.sessions.map(\.days) == [0, 120, 365.5] && found.contradictsNames)
    #expect(found.scans.map(\.id) == ["sub-1_ses-2", "sub-1_ses-1", "sub-1_ses-10"])
  }

  @Test func aMissingTimeLeavesTheOrderOfTheNamesAndTheKnownDays() throws {
    let found = try order(Self.three, Self.sessions("2020-01-01", "n/a", "2020-01-31"))
    #expect(ids(found) == ["ses-1", "ses-2", "ses-10"] && found.sessions.map(\.days) == [0, nil, 30])
    #expect(!found.contradictsNames)
    let reversed = try order(Self.three, Self.sessions("2020-01-31", "n/a", "2020-01-01"))
    #expect(ids(reversed) == ["ses-1", "ses-2", "ses-10"] && reversed.contradictsNames)
  }

  @Test func theSourceWithTheMostTimesGivesThemAll() throws {
    func scans(_ session: String, _ time: String) -> (String, String) {
      (
        "\(session)/sub-1_\(session)_scans.tsv",
        "filename\tacq_time\nanat/sub-1_\(session)_T1w.nii.gz\t1800-01-01\n"
          + "anat/sub-1_\(session)_FLAIR.nii.gz\t\(time)\n"
      )
    }
    let sessions = Self.sessions("2020-01-01", "2020-01-31", "2020-03-01")
    let all = [scans("ses-1", "1900-01-01"), scans("ses-2", "1900-01-02"), scans("ses-10", "1900-01-05")]
    let together = sessions.merging(all) { first, _ in first }
    #expect(try order(Self.three, together).sessions.map(\.days) == [0, 1, 4])
    // Shifted dates of two scans are not mixed with those of the sessions.
    let some = sessions.merging(all.prefix(2)) { first, _ in first }
    #expect(try order(Self.three, some).sessions.map(\.days) == [0, 30, 60])
    let sidecars = Dictionary(
      uniqueKeysWithValues: [("ses-1", "03"), ("ses-2", "01"), ("ses-10", "02")].map { session, day in
        (
          "\(session)/anat/sub-1_\(session)_FLAIR.json",
          #"{"AcquisitionDateTime": "2020-01-\#(day)T00:00:00"}"#
        )
      })
    #expect(try ids(order(Self.three, sidecars)) == ["ses-2", "ses-10", "ses-1"])
  }

  @Test func runsOfOneSessionStayTogetherAndInOrder() throws {
    let found = try order(
      ["ses-1_run-2", "ses-2", "ses-1_run-1"], Self.sessions("2021-01-01", "2020-01-01"))
    #expect(found.scans.map(\.id) == ["sub-1_ses-2", "sub-1_ses-1_run-1", "sub-1_ses-1_run-2"])
    #expect(ids(found) == ["ses-2", "ses-1"])
  }

  @Test func whatIsWrongIsNamedAndCostsNothingElse() throws {
    let found = try order(Self.three, Self.sessions("2020-01-01", "31/01/2020", "2020-02-30"))
    let warning = try #require(found.warnings.first)
    #expect(found.warnings.count == 1 && warning.location.hasSuffix("/sub-1/sub-1_sessions.tsv"))
    #expect(warning.what.hasSuffix("'31/01/2020' in row 2 (ses-2), '2020-02-30' in row 3 (ses-10)"))
    #expect(ids(found) == ["ses-1", "ses-2", "ses-10"] && found.sessions.map(\.days) == [0, nil, nil])
    let ragged = try order(Self.three, ["sub-1_sessions.tsv": "session_id\tacq_time\nses-1\n"])
    #expect(ragged.warnings.map(\.what) == ["sub-1_sessions.tsv is not a table of tab-separated UTF-8 text"])
  }

  @Test func participantsWhoseTimesContradictTheNamesAreNamedOnce() throws {
    try withTemporaryFolder { root in
      for (person, times) in [("1", ["2020-01-02", "2020-01-01"]), ("2", ["2020-01-01", "2020-01-02"])] {
        for session in 1...2 {
          let name = "sub-\(person)/ses-\(session)/anat/sub-\(person)_ses-\(session)_FLAIR.nii.gz"
          try AtomicFile.write("", to: root.appendingPathComponent(name))
        }
        try AtomicFile.write(
          "session_id\tacq_time\nses-1\t\(times[0])\nses-2\t\(times[1])\n",
          to: root.appendingPathComponent("sub-\(person)/sub-\(person)_sessions.tsv"))
      }
      try AtomicFile.write("", to: root.appendingPathComponent("sub-3/ses-1/anat/sub-3_ses-1_FLAIR.nii.gz"))
      let orders = SessionOrders(of: try BIDSLayout(root: root), root: root)
      #expect(
        orders.sessions.mapValues { $0.map(\.id) } == [
          "sub-1": ["ses-2", "ses-1"], "sub-2": ["ses-1", "ses-2"],
        ])
      #expect(orders.warnings.count == 1 && orders.warnings[0].what.hasSuffix("by their names: sub-1"))
    }
  }
}
