import _TestSupport
import Foundation
import Testing

@testable import Base
import Cohort
@testable import Norma
@testable import Preprocessing

/// Tables of thresholds, the thresholds of a cohort, and the record of both.
@Suite struct ThresholdTests {
  private func withTable<Result>(_ text: String, _ body: (URL) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("thresholds.tsv")
      try AtomicFile.write(text, to: file)
      return try body(file)
    }
  }

  @Test(arguments: [
    ThresholdTable(), ThresholdTable(ofOthers: 0.5), ThresholdTable(ofCases: ["b": 2, "a b": 1.25]),
    ThresholdTable(ofOthers: 3, ofCases: ["a": 0]),
  ])
  func aTableComesBackAsItWasWritten(table: ThresholdTable) throws {
    #expect(try withTable(table.text) { try ThresholdTable(contentsOf: $0) } == table)
  }

  @Test(arguments: [
    "a\tb\n1\t2\n", "case_id\tthreshold\nx\thigh\n", "case_id\tthreshold\nx\t-1\n",
    "case_id\tthreshold\nx\tinf\n", "case_id\tthreshold\nx\n", "",
  ])
  func otherTablesAreRefused(text: String) throws {
    let refusal = try withTable(text) { file in try problem { try ThresholdTable(contentsOf: file) } }
    #expect(refusal.kind == .badData && refusal.what == "the file is not a table of thresholds")
  }

  @Test func aTableMustHoldForOneOfTheCases() throws {
    let cases = [ScanCase(scan: URL(fileURLWithPath: "/a_FLAIR.nii.gz"))]
    for (text, isRefused) in [("a\t1", false), ("*\t1", false), ("b\t1", true)] {
      try withTable("case_id\tthreshold\n\(text)\n") { file in
        func table() throws -> ThresholdTable { try ThresholdTable(contentsOf: file, for: cases) }
        guard isRefused else { return _ = try table() }
        #expect(try problem { try table() }.what.contains("none of these cases"))
      }
    }
    let missing = URL(fileURLWithPath: "/nowhere.tsv")
    #expect(try problem { try ThresholdTable(contentsOf: missing) }.kind == .missingInput)
  }

  @Test func aChoiceTakesTheTableThenTheBundle() throws {
    let calibration = try TrainedBundle.bundle.description.calibration
    func choice(_ table: ThresholdTable, _ source: ThresholdSource = .fpr) throws -> ThresholdChoice {
      try ThresholdChoice(
        table, or: calibration, request: .init(source: source, rate: 0.05),
        configuration: Configuration(method: "normative"), areVolumes: true)
    }
    let usual = try choice(ThresholdTable(ofCases: ["a": 9]))
    #expect(try usual.common == RegionRule(extent: calibration.threshold(atRate: 0.05)))
    #expect(usual.source == .fpr)
    #expect(usual.rule(of: "a") == RegionRule(extent: 9) && usual.rule(of: "b") == usual.common)
    let given = try choice(ThresholdTable(ofOthers: 7))
    #expect(given.common == RegionRule(extent: 7) && given.source == nil)
    #expect(try problem { try choice(ThresholdTable(), .labelledValidation) }.kind == .usage)
    #expect(try choice(ThresholdTable(), .trainingPercentile).source == .trainingPercentile)
  }

  @Test func theRecordOfASegmentationComesBack() throws {
    try withTemporaryFolder { folder in
      let bundle = try TrainedBundle.bundle, thresholds = ThresholdChoice(7, byCase: ["a": 9])
      try SegmentationRecord(bundle: bundle, thresholds: thresholds).write(to: folder)
      let record = try SegmentationRecord(contentsOf: folder)
      #expect(record.bundle == "tiny" && record.method == "normative" && record.threshold == 7)
      #expect(record.thresholdFrom == nil && Set(record.thresholdsByRate.keys) == ["0.01", "0.05", "0.1"])
      #expect(record.healthyCurve == bundle.description.calibration.curve)
      let file = folder.appendingPathComponent(SegmentationRecord.fileName)
      for (text, kind) in [("{", Problem.Kind.badData), (nil, .missingInput)] {
        if let text { try AtomicFile.write(text, to: file) } else { try AtomicFile.remove(file) }
        #expect(try problem { try SegmentationRecord(contentsOf: folder) }.kind == kind)
      }
    }
  }

  @Test func aCaseIsCompleteWhereAllItsFilesAre() throws {
    try withTemporaryFolder { folder in
      let files = ["sub-1/anat/a.nii.gz", "sub-1/anat/b.json"]
      for file in files { try AtomicFile.write("", to: folder.appendingPathComponent(file)) }
      let result = CaseResult(
        lesions: [], notes: ["One.", "Two."], preprocessing: .init(), intensity: nil, scoredVolumeML: 3)
      let url = folder.appendingPathComponent(CaseFiles(caseID: "sub-1").record)
      #expect(CaseRecord(of: "sub-1", in: folder) == nil)
      try AtomicFile.write(json: CaseRecord(files: files, result: result, seconds: 1.5), to: url)
      let record = try #require(CaseRecord(of: "sub-1", in: folder))
      #expect(record.isComplete(in: folder) && record.seconds == 1.5 && record.result.message == "One. Two.")
      try AtomicFile.remove(folder.appendingPathComponent(files[1]))
      #expect(!record.isComplete(in: folder))
      try AtomicFile.write("{", to: url)
      #expect(CaseRecord(of: "sub-1", in: folder) == nil)
    }
  }
}
