import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort
@testable import Norma
import Preprocessing
import Volumes

/// What the group level computes, beside SciPy and nibabel (Scripts/goldens/groups.py).
@Suite struct GroupAnalysisTests {
  struct Golden: Decodable {
    struct Correlation: Decodable {
      let x, y: [Double]
      let coefficient: Double
      let interval: [Double]
    }

    struct Scan: Decodable {
      let participant: String
      let shape: [Int]
      let affine, toTemplate: Affine
      let mask, brain, map: [Double?]

      var geometry: Geometry { Geometry(shape: shape, affine: affine) }
    }

    struct Frequency: Decodable {
      let shape: [Int]
      let affine: Affine
      let template, frequency, map: [Double?]
      let scans: [Scan]
    }

    let correlations: [Correlation]
    let frequency: Frequency
  }

  private func golden() throws -> Golden { try Goldens.json(Golden.self, "groups.json") }

  private func volume(_ values: [Double?], _ geometry: Geometry) -> Volume {
    Volume(geometry: geometry, voxels: values.map { $0.map(Float.init) ?? .nan })
  }

  private func expectEqual(
    _ found: Volume, _ expected: [Double?], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let differing = zip(found.voxels, expected).count { found, expected in
      expected.map { !(abs(Double(found) - $0) <= 2e-5) } ?? !found.isNaN
    }
    #expect(differing == 0 && found.voxels.count == expected.count, sourceLocation: sourceLocation)
  }

  @Test func rankCorrelationsAndIntervalsAreThoseOfSciPy() throws {
    let cases = try golden().correlations
    #expect(cases.count == 5)
    for golden in cases {
      let found = try #require(RankCorrelation(Array(zip(golden.x, golden.y)).map { (x: $0, y: $1) }))
      let interval = try #require(found.interval)
      #expect(abs(found.coefficient - golden.coefficient) < 1e-12 && found.count == golden.x.count)
      #expect(abs(interval.lowerBound - golden.interval[0]) < 1e-12)
      #expect(abs(interval.upperBound - golden.interval[1]) < 1e-12)
    }
  }

  @Test func aCorrelationNeedsFivePairsAndTwoVariables() throws {
    func pairs(_ y: [Double]) -> [(x: Double, y: Double)] { y.enumerated().map { (Double($0), $1) } }
    #expect(RankCorrelation(pairs([1, 3, 2, 4])) == nil)
    #expect(RankCorrelation(pairs([2, 2, 2, 2, 2])) == nil)
    let reversed = try #require(RankCorrelation(pairs([5, 4, 3, 2, 1])))
    #expect(reversed.coefficient == -1 && reversed.interval == nil)
  }

  @Test func aMapOnTheTemplateIsThatOfNibabel() throws {
    let golden = try golden().frequency, scan = golden.scans[0]
    let grid = TemplateGrid(of: template(golden))
    expectEqual(try grid.map(volume(scan.map, scan.geometry), toTemplate: scan.toTemplate), golden.map)
  }

  private func template(_ golden: Golden.Frequency) -> Template {
    Template(brain: volume(golden.template, Geometry(shape: golden.shape, affine: golden.affine)), digest: "")
  }

  /// Writes the results of scans of known place, and those of one without a place.
  private func withResults(
    of golden: Golden.Frequency, _ body: (DerivativeDataset, BIDSLayout, URL) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let raw = folder.appendingPathComponent("raw")
      let dataset = try DerivativeDataset(
        folder: folder.appendingPathComponent("out"), root: raw, derivatives: nil)
      var scans = golden.scans.enumerated().map { ("\($1.participant)_run-\($0 + 1)", Optional($1)) }
      scans.append(("sub-4", nil))
      for (id, scan) in scans {
        let participant = String(id.prefix(5))
        try AtomicFile.write("", to: raw.appendingPathComponent("\(participant)/anat/\(id)_FLAIR.nii.gz"))
        let row = ScanRow(
          caseID: id, participantID: participant, status: .ok, message: "", lesionVolumeML: Double(id.count))
        try row.write(to: dataset)
        let files = CaseFiles(caseID: id), placed = scan ?? golden.scans[0]
        try AtomicFile.makeFolder(dataset.file(files.mask).deletingLastPathComponent())
        for (path, values) in [(files.mask, placed.mask), (files.brain, placed.brain)] {
          try NIfTI.write(volume(values, placed.geometry).map { UInt8($0) }, to: dataset.file(path))
        }
        try NIfTI.write(volume(placed.map, placed.geometry), to: dataset.file(files.anomalyMap))
        if let scan { try ITKTransformFile.write(scan.toTemplate, to: dataset.file(files.transform)) }
      }
      try body(dataset, BIDSLayout(root: raw), raw)
    }
  }

  @Test func aFrequencyMapIsThatOfNibabelAndCountsEachParticipantOnce() throws {
    let golden = try golden().frequency
    try withResults(of: golden) { dataset, layout, _ in
      let table = try GroupTable(of: layout, in: dataset)
      let maps = try LesionFrequency.maps(
        of: table, by: ParticipantGroups(by: nil, of: nil, ids: table.participants),
        template: template(golden))
      #expect(maps.map(\.facts.participants) == [3] && maps[0].facts.group == nil)
      expectEqual(maps[0].map, golden.frequency)
      let file = try maps[0].write(to: dataset, label: "all")
      #expect(try NIfTI.readGeometry(file) == maps[0].map.geometry)
      let sidecar = try #require(
        try JSONSerialization.jsonObject(
          with: Data(
            contentsOf: dataset.file("group_space-MNI152NLin2009aSym_label-lesion_desc-all_probseg.json")))
          as? [String: Any])
      #expect(
        (sidecar["Sources"] as? [String])?.first == "bids::sub-1/anat/sub-1_run-1_label-lesion_mask.nii.gz")
      #expect((sidecar["Sources"] as? [String])?.count == 4 && sidecar["Participants"] as? Int == 3)
    }
  }

  @Test func imagesOnTheTemplateAreWrittenOnceAndNeedAPlace() throws {
    let golden = try golden().frequency
    try withResults(of: golden) { dataset, _, _ in
      let images = TemplateImages(on: TemplateGrid(of: template(golden)), in: dataset)
      #expect(try images.write("sub-1_run-1") && !images.write("sub-4"))
      let files = CaseFiles(caseID: "sub-1_run-1")
      expectEqual(try NIfTI.read(dataset.file(files.templateMap)), golden.map)
      for file in [files.templateMap, files.templateMask] {
        #expect(try NIfTI.readGeometry(dataset.file(file)) == template(golden).brain.geometry)
      }
      let sidecar = try String(contentsOf: dataset.file(files.templateMaskSidecar), encoding: .utf8)
      for words in [
        "\"nearest\"", "SpatialReference", "bids::sub-1/anat/sub-1_run-1_label-lesion_mask.nii.gz",
        "_xfm.txt",
      ] {
        #expect(sidecar.contains(words), "\(words)")
      }
      try AtomicFile.write("", to: dataset.file(files.templateMap))
      #expect(try images.write("sub-1_run-1") && Data(contentsOf: dataset.file(files.templateMap)).isEmpty)
    }
  }

  /// `participants.tsv`, and the correlation's covariates, those left out, the groups and the warning.
  @Test(
    arguments: [
      (
        "participant_id\tage\tgroup\nsub-1\t50\ta\nsub-2\t60\tb\nsub-3\t70\tb\nsub-4\tn/a\tb\n", ["age"],
        ["group"], ["a", "b"], nil
      ),
      (
        "participant_id\tage\tcode\nsub-1\t50\t1\nsub-2\t60\t2\nsub-3\told\t1\n", [], ["age", "code"], [],
        "no row for sub-4"
      ),
      ("participant_id\tgroup\nsub-1\ta\nsub-2\ta\nsub-3\ta\nsub-4\ta\n", [], ["group"], [], nil),
      ("participant_id\tage\nsub-1\t50\t60\n", [], [], [], "is not a table"),
      ("id\tage\nsub-1\t50\n", [], [], [], "no column participant_id"),
      ("participant_id\tage\nsub-1\t50\nsub-1\t51\n", [], [], [], "two rows of 'sub-1'"),
      (nil, [], [], [], nil),
    ] as [(String?, [String], [String], [String], String?)])
  func participantsGiveCovariatesAndGroups(
    table: String?, covariates: [String], others: [String], groups: [String], warning: String?
  ) throws {
    try withResults(of: golden().frequency) { dataset, layout, raw in
      if let table { try AtomicFile.write(table, to: raw.appendingPathComponent("participants.tsv")) }
      try AtomicFile.write(
        #"{"code": {"Levels": {"1": "a"}}}"#, to: raw.appendingPathComponent("participants.json"))
      let analysis = try GroupAnalysis(
        of: layout, root: raw, in: dataset, groupedBy: nil, template: raw.appendingPathComponent("nowhere"))
      #expect(analysis.covariates.covariates.map(\.name) == covariates)
      #expect(analysis.covariates.otherColumns == others)
      #expect(analysis.groups.names == groups && analysis.table.entries.count == 5)
      let warnings = analysis.warnings.map(\.what)
      // Without the template there are no maps, and the rest is there.
      #expect(warnings.last?.contains("template") == true && analysis.frequencies.isEmpty)
      #expect(warnings.count == (warning == nil ? 1 : 2) && warnings[0].contains(warning ?? "template"))
      _ = try analysis.write()
    }
  }

  /// What `--group-by` cannot mean, with the kind and words of the message.
  @Test(
    arguments: [
      (nil, Problem.Kind.missingInput, "has no participants.tsv"),
      ("participant_id\tgroup\nsub-1\ta\n", .usage, "no column 'grup'"),
      ("participant_id\tgrup\nsub-1\ta\nsub-2\ta\nsub-3\tn/a\n", .badData, "'grup' is 'a' for all"),
      ("participant_id\tgrup\nsub-1\tn/a\n", .badData, "no value"),
      ("id\tgrup\nsub-1\tn/a\n", .badData, "no column participant_id"),
    ] as [(String?, Problem.Kind, String)])
  func aColumnThatDoesNotDivideIsRefused(table: String?, kind: Problem.Kind, words: String) throws {
    try withResults(of: golden().frequency) { dataset, layout, raw in
      if let table { try AtomicFile.write(table, to: raw.appendingPathComponent("participants.tsv")) }
      let found = try problem {
        try GroupAnalysis(of: layout, root: raw, in: dataset, groupedBy: "grup", template: raw)
      }
      #expect(found.kind == kind && found.what.contains(words), "\(found)")
    }
  }

  @Test func labelsOfFilesAreDistinct() {
    #expect(["all", "A ll", "é", "ü", "a-1", "all"].fileLabels == ["all", "All2", "x", "x2", "a1", "all3"])
  }

  @Test func onlyFilesOfTheGroupLevelAreRemoved() throws {
    try withTemporaryFolder { folder in
      let dataset = try DerivativeDataset(
        folder: folder, root: folder.appendingPathComponent("raw"), derivatives: nil)
      for name in [
        "group_a.nii.gz", "group_a.json", "group_b.tsv", "figures/group_c.svg", "figures/d.svg", "sub-1.html",
      ] {
        try AtomicFile.write("", to: dataset.file(name))
      }
      try dataset.removeGroupFiles(except: [dataset.file("group_a.nii.gz")])
      #expect(Set(FileTree(folder)) == ["group_a.nii.gz", "group_a.json", "figures/d.svg", "sub-1.html"])
    }
  }
}
