import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Norma
import Preprocessing

@Suite struct ResultKeyTests {
  private static func cohortKey(
    preprocessing: [String]? = nil, threshold: Double = 3, peak: Double? = nil, minimum: Double? = nil,
    exceedance: Bool = false
  ) throws -> CohortKey {
    let nowhere = URL(fileURLWithPath: "/nowhere")
    let preprocessor = try preprocessing.map {
      Preprocessor(
        settings: try PreprocessingSettings().with($0),
        resources: Preprocessor.Resources(brainWeights: nowhere, template: nowhere))
    }
    return try CohortKey(
      preprocessing: preprocessor, bundle: TrainedBundle.bundle,
      rule: RegionRule(extent: threshold, peak: peak, minimumVolume: minimum), exceedance: exceedance)
  }

  private static let cohortKeys: [@Sendable () throws -> CohortKey] = [
    { try cohortKey() }, { try cohortKey(threshold: 4) }, { try cohortKey(exceedance: true) },
    { try cohortKey().with(ownThreshold: 3) }, { try cohortKey().with(ownThreshold: 4) },
    { try cohortKey(peak: 4) }, { try cohortKey(peak: 5) }, { try cohortKey(minimum: 10) },
    { try cohortKey(peak: 4, minimum: 10) }, { try cohortKey(minimum: 0) },
    { try cohortKey(preprocessing: []) }, { try cohortKey(preprocessing: ["preprocessing.registers=false"]) },
  ]

  @Test func everySettingCounts() throws {
    let keys = try Self.cohortKeys.map { try $0() }
    #expect(Set(keys).count == keys.count)
    #expect(try keys == Self.cohortKeys.map { try $0() }, "the same settings make the same key")
    #expect(keys[0].with(ownThreshold: nil) == keys[0])
  }

  @Test func everyInputCounts() throws {
    try withTemporaryFolder { folder in
      func file(_ name: String) throws -> URL {
        let file = folder.appendingPathComponent(name)
        try AtomicFile.write(name, to: file)
        return file
      }
      var scan = ScanCase(participantID: "a", image: try file("a.nii.gz"))
      let cohort = try Self.cohortKey()
      var keys = [try ResultKey(scan: scan, cohort: cohort)]
      let changes: [(inout ScanCase) throws -> Void] = [
        { $0.image = try file("b.nii.gz") }, { $0.brainMask = try file("brain.nii.gz") },
        { $0.templateTransform = try file("xfm.txt") }, { $0.z = 18 }, { $0.maskReading.pairing = .voxels },
        { $0.isPreprocessed = true }, { $0.t1w = folder.appendingPathComponent("gone.nii.gz") },
        { $0.t1w = try file("T1w.nii.gz") },
      ]
      for change in changes {
        try change(&scan)
        keys.append(try ResultKey(scan: scan, cohort: cohort))
      }
      #expect(Set(keys).count == keys.count)
      // Names do not count.
      var renamed = scan
      (renamed.id, renamed.participantID) = ("b", "b")
      #expect(try ResultKey(scan: renamed, cohort: cohort) == keys[8])
      for (number, key) in keys.enumerated() {
        let sidecar = folder.appendingPathComponent("\(number).json")
        try AtomicFile.write(json: key, to: sidecar)
        #expect(ResultKey(json: sidecar) == key && CohortKey(json: sidecar) == cohort)
      }
      scan.image = folder.appendingPathComponent("gone.nii.gz")
      #expect(try problem { try ResultKey(scan: scan, cohort: cohort) }.kind == .missingInput)
    }
  }

  @Test(arguments: ["", "{}", #"{"InputSHA256": "a"}"#])
  func otherFilesHoldNoKey(text: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("a.json")
      try AtomicFile.write(text, to: file)
      #expect(ResultKey(json: file) == nil && CohortKey(json: file) == nil)
    }
  }

  @Test func aThresholdOfOneCaseIsNotCompared() throws {
    let key = try Self.cohortKey()
    #expect(Set(key.comparable.keys) == ["preprocessing", "bundle", "Norma", "threshold"])
    #expect(Set(key.with(ownThreshold: 9).comparable.keys) == ["preprocessing", "bundle", "Norma"])
    #expect(key.comparable["preprocessing"] == "none" && key.comparable["threshold"] == "3.0")
    let regions = try Self.cohortKey(peak: 4, minimum: 10)
    #expect(regions.comparable["peak threshold"] == "4.0")
    #expect(regions.comparable["smallest region"] == "10.0 mm³")
    #expect(regions.with(ownThreshold: 9).rule == RegionRule(extent: 9, minimumVolume: 10))
  }

  @Test func shardsShareWhatDecidesTheFolder() throws {
    let key = try Self.cohortKey()
    let shared = key.shared(ownThresholds: [:])
    #expect(shared["exceedance map"] == "no" && shared["thresholds by case"] == "none")
    #expect(try Self.cohortKey(exceedance: true).shared(ownThresholds: [:])["exceedance map"] == "yes")
    let own = key.shared(ownThresholds: ["a": 1])["thresholds by case"]
    #expect(own?.count == 8 && own != key.shared(ownThresholds: ["a": 2])["thresholds by case"])
  }
}
