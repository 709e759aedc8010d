import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort
@testable import Norma
@testable import Preprocessing
@testable import Volumes

/// Which sessions are compared, and what is kept of it.
@Suite struct SessionPairingTests {
  private static func row(_ image: URL, isDone: Bool = true) -> CohortSegmentation.Row {
    let result = CaseResult(
      lesions: [], notes: [], preprocessing: PreprocessingRecord(), intensity: nil, scoredVolumeML: 1)
    let failure = Problem(.badData, "it cannot be read", at: image.path, advice: "look at it")
    return CohortSegmentation.Row(
      scan: ScanCase(scan: image), rule: RegionRule(extent: 3), seconds: 0,
      outcome: isDone ? .done(result) : .failed(failure))
  }

  private static func rows(_ names: String...) -> [CohortSegmentation.Row] {
    names.map { row(URL(filePath: "/data/sub-1_\($0)_FLAIR.nii.gz")) }
  }

  private static func pairs(_ pairing: SessionPairing, _ rows: [CohortSegmentation.Row]) -> [[String]] {
    pairing.pairs(among: rows).map { pair in
      [pair.baseline, pair.followUp].map { String($0.scan.id.dropFirst("sub-1_".count)) }
    }
  }

  @Test func sessionsAreInTheOrderOfTheirNumbers() {
    let rows = Self.rows("ses-1", "ses-10", "ses-2")
    #expect(Self.pairs(.previous, rows) == [["ses-1", "ses-2"], ["ses-2", "ses-10"]])
    #expect(Self.pairs(.first, rows) == [["ses-1", "ses-2"], ["ses-1", "ses-10"]])
  }

  @Test func onlyScansOfOneKindAreCompared() {
    let rows = Self.rows("ses-1_run-1", "ses-1_run-2", "ses-2_run-1", "ses-3_acq-3d")
    #expect(Self.pairs(.previous, rows) == [["ses-1_run-1", "ses-2_run-1"]])
    #expect(Self.pairs(.previous, Self.rows("run-1", "run-2")) == [])
  }

  @Test func aFailedSessionIsLeftOut() {
    var rows = Self.rows("ses-1", "ses-2", "ses-3")
    rows[1] = Self.row(rows[1].scan.image, isDone: false)
    #expect(Self.pairs(.previous, rows) == [["ses-1", "ses-3"]])
  }

  @Test func datesDecideBeforeNames() throws {
    let folder = try TemporaryFolder()
    let dates = ["ses-a": "2021-05-06", "ses-b": "2019-05-06", "ses-c": "2020-05-06"]
    for (name, date) in dates {
      try Data("{\"AcquisitionDate\": \"\(date)\"}".utf8).write(
        to: folder.url.appending(path: "sub-1_\(name)_FLAIR.json"))
    }
    let rows = dates.keys.sorted().map { Self.row(folder.url.appending(path: "sub-1_\($0)_FLAIR.nii.gz")) }
    #expect(Self.pairs(.previous, rows) == [["ses-b", "ses-c"], ["ses-c", "ses-a"]])
  }

  /// A comparison whose record names other results than those that are there.
  @Test func aScanThatWasSegmentedAgainMakesItsComparisonOutdated() throws {
    try withTemporaryFolder { folder in
      let dataset = try DerivativeDataset(
        folder: folder.appending(path: "out"), root: folder.appending(path: "raw"), derivatives: nil)
      let names = ["sub-1_ses-1", "sub-1_ses-2"]
      let record = try dataset.writeComparison(names[0], names[1], volumesML: (2, 2))
      let row = try #require(VisitRow(followUp: names[1], in: dataset))
      #expect(row == VisitRow(record) && row.status == .ok && row.message == "A note.")
      try AtomicFile.write("second", to: dataset.file(CaseFiles(caseID: names[0]).maskSidecar))
      let outdated = try #require(VisitRow(followUp: names[1], in: dataset))
      #expect(outdated.status == .outdated && outdated.message.contains("segmented again"))
    }
  }
}
