import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort
@testable import Norma

@Suite struct VisitPairTests {
  private static func scan(_ path: String) -> ScanCase { ScanCase(scan: URL(filePath: "/data/\(path)")) }

  static let refused: [Row<(baseline: String, followUp: String, what: String)>] = [
    Row("one file", ("sub-1_FLAIR.nii.gz", "sub-1_FLAIR.nii.gz", "both visits are the same scan")),
    Row(
      "two people",
      ("sub-1_ses-1_FLAIR.nii.gz", "sub-2_ses-2_FLAIR.nii.gz", "scans of two people, sub-1 and sub-2")),
    Row(
      "sessions in the wrong order",
      ("sub-1_ses-02_FLAIR.nii.gz", "sub-1_ses-1_FLAIR.nii.gz", "the follow-up is earlier than the baseline")),
    Row(
      "other names in the wrong order",
      ("patient01_study10_FLAIR.nii.gz", "patient01_study9_FLAIR.nii.gz", "they are study10 and study9")),
  ]

  @Test(arguments: refused)
  func aPairThatIsNotOneIsRefused(row: Row<(baseline: String, followUp: String, what: String)>) throws {
    let (baseline, followUp, what) = row.body
    let refused = try problem { try VisitPair(Self.scan(baseline), Self.scan(followUp)) }
    #expect(refused.kind == .usage && refused.what.contains(what) && !refused.advice.isEmpty, "\(refused)")
    if baseline != followUp { _ = try VisitPair(Self.scan(baseline), Self.scan(followUp), isForced: true) }
  }

  @Test func datesDecideBeforeNames() throws {
    let folder = try TemporaryFolder()
    func scan(_ name: String, date: String) throws -> ScanCase {
      try Data("{\"AcquisitionDateTime\": \"\(date)\"}".utf8).write(
        to: folder.url.appending(path: "sub-1_\(name)_FLAIR.json"))
      return ScanCase(scan: folder.url.appending(path: "sub-1_\(name)_FLAIR.nii.gz"))
    }
    let late = try scan("ses-1", date: "2021-05-06T10:00:00"),
      early = try scan("ses-2", date: "2019-05-06T10:00:00")
    #expect(try VisitPair(early, late).baseline.id == "sub-1_ses-2")
    let refused = try problem { try VisitPair(late, early) }
    #expect(refused.what.contains("it is of 2019-05-06T10:00:00, the baseline of 2021-05-06T10:00:00"))
  }

  @Test func theNumbersOfConvertedSeriesAreNoOrder() throws {
    var (baseline, followUp) = (Self.scan("anna_1"), Self.scan("anna_2"))
    (baseline.image, followUp.image) = (
      URL(filePath: "/data/9_flair.nii.gz"), URL(filePath: "/data/5_flair.nii.gz")
    )
    #expect(try VisitPair(baseline, followUp).participantID == "anna")
    #expect(throws: Problem.self) { try VisitPair(followUp, baseline) }
  }

  @Test func bothVisitsGetOneParticipantAndNamesOfTheirOwn() throws {
    let bids = try VisitPair(Self.scan("sub-1_ses-1_FLAIR.nii.gz"), Self.scan("sub-1_ses-2_FLAIR.nii.gz"))
    #expect(bids.participantID == "sub-1" && bids.followUp.id == "sub-1_ses-2")
    let study = try VisitPair(Self.scan("p7_study1_FLAIR.nii.gz"), Self.scan("p7_study2_FLAIR.nii.gz"))
    #expect(study.participantID == "p7" && study.baseline.id == "p7_study1")
    #expect(study.followUp.participantID == "p7")
    let alike = try VisitPair(Self.scan("2019/brain.nii.gz"), Self.scan("2021/brain.nii.gz"))
    #expect([alike.baseline.id, alike.followUp.id] == ["brain_baseline", "brain_followup"])
  }
}
