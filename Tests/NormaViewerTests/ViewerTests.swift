import Foundation
import Testing
import Volumes

@testable import Base
@testable import Norma
import NormaViewer

/// What the page is told of the results.
@Suite struct ViewerTests {
  struct Cohort: Decodable {
    struct Case: Decodable {
      var id: String
      var status: String
      var message: String
      var volume: Double?
      var threshold: Double?
    }
    struct Point: Decodable, Equatable {
      var rate: Double
      var threshold: Double
    }
    var cases: [Case]
    var curve: [Point]
    var minimumLesionSize: Double
    var rater: String
  }

  @Test func casesComeInTheOrderOfTheTableWithTheirNames() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let cohort: Cohort = try await client.get("/api/cohort").json()
      #expect(cohort.cases.map(\.id) == Results.ids + ["bad"] && cohort.rater == "anna")
      #expect(cohort.cases.map(\.status) == ["ok", "ok", "failed"] && cohort.cases[2].message == "too dark")
      #expect(cohort.cases[0].volume == 0.008 && cohort.curve.isEmpty)
    }
  }

  @Test(arguments: ["image", "map", "mask", "brain"])
  func aVolumeIsSentAsNormaReadsIt(kind: String) async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      for index in 0..<2 {
        let answer = try await client.get("/api/cases/\(index)/\(kind)")
        #expect(answer.status == 200)
        let file = results.root.appendingPathComponent("answer.nii")
        try answer.body.write(to: file)
        let volume = try NIfTI.read(file)
        #expect(volume.geometry == Results.volume { Float($0) }.geometry)
        #expect(volume.voxels[5] == ["image": 5, "map": 2, "mask": 1, "brain": 1][kind])
        #expect(volume.header?.sformCode == 1 && volume.header?.qformCode == 0)
      }
    }
  }

  struct Details: Decodable {
    var toTemplate: [[Double]]?
    struct Location: Decodable, Equatable {
      var centroid: [Double]
      var place, side, lobe: String?
    }
    var others: [String]
    var image: String?
    var locations: [Location]
  }

  /// The participant's other visit in the place of this one, the T1w beside the scan, and the reference mask, all on the
  /// grid of the case.
  @Test func otherImagesOfTheParticipantAreOffered() async throws {
    let results = try Results()
    defer { results.remove() }
    let scans = results.scans
    try results.makeSessions(2)
    for name in ["sub-01_ses-1_desc-brain_mask.nii.gz", "sub-02_T1w.nii.gz"] {
      try NIfTI.write(Results.volume { _ in 3 }, to: scans.appendingPathComponent(name))
    }
    // The same three slices of one voxel, stored from the front, the left and below.
    let flipped = Affine(i: SIMD3(2, 0, 0), j: SIMD3(0, -2, 0), k: SIMD3(0, 0, 2), origin: SIMD3(0, 1, 3))
    try NIfTI.write(
      Volume(
        geometry: Geometry(shape: [3, 2, 2], affine: flipped),
        voxels: [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6]),
      to: scans.appendingPathComponent("sub-01_ses-1_T1w.nii.gz"))
    let reference = scans.appendingPathComponent("sub-01_ses-1_desc-brain_mask.nii.gz")
    try NIfTI.write(Results.volume { _ in 1 }.map { UInt8($0) }, to: reference)
    try await serving(results, references: ["sub-01_ses-1": reference]) { client in
      let details: Details = try await client.get("/api/cases/0/details").json()
      #expect(details.others == ["sub-01_ses-2", "T1w", "Reference mask"])
      #expect(details.toTemplate == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])
      #expect(details.image?.hasSuffix("sub-01_ses-1_FLAIR.nii.gz") == true)
      let file = results.root.appendingPathComponent("answer.nii")
      func other(_ number: Int) async throws -> Volume {
        try await client.get("/api/cases/0/other-\(number)").body.write(to: file)
        return try NIfTI.read(file)
      }
      // The other visit is one voxel further to the right: 2 mm.
      let visit = try await other(0), grid = Results.volume { Float($0) }
      #expect(visit.geometry == grid.geometry)
      #expect(visit.voxels == [1, 2, 0, 4, 5, 0, 7, 8, 0, 10, 11, 0])
      let contrast = try await other(1), mask = try await other(2)
      #expect(contrast.voxels == grid.voxels && mask.voxels == grid.voxels.map { _ in 1 })
      let unknown = try await client.get("/api/cases/0/other-3")
      #expect(unknown.status == 404)
    }
  }

  /// The third of three sessions, which `norma bids` compared with the second one.
  @Test func comparedSessionsComeFirstInThePlaceOfTheirRegistration() async throws {
    let results = try Results()
    defer { results.remove() }
    try results.makeSessions(3)
    func visit(_ number: Int) -> VisitRecord.Visit {
      VisitRecord.Visit(
        caseID: "sub-01_ses-\(number)", volumeML: 1, jointVolumeML: 1, regions: 1, whiteMatter: 1, digest: "")
    }
    let record = VisitRecord(
      participantID: "sub-01", baseline: visit(2), followUp: visit(3), evidentChangeML: 0,
      registration: VisitRecord.Registration(
        toFollowUp: Results.shift(2), inconsistency: 0, stretch: [1, 1, 1], overlap: 1, agreement: 1),
      deviation: 1, counts: [:], rule: ChangeRule(), bundle: "whole-brain", notes: [])
    let file = results.folder.appendingPathComponent(VisitFiles(followUp: "sub-01_ses-3").record)
    try AtomicFile.write(json: record, to: file)
    try await serving(results) { client in
      func others(_ index: Int) async throws -> [String] {
        try await client.get("/api/cases/\(index)/details").json(Details.self).others
      }
      func first(_ index: Int) async throws -> [Float] {
        let file = results.root.appendingPathComponent("answer.nii")
        try await client.get("/api/cases/\(index)/other-0").body.write(to: file)
        return try NIfTI.read(file).voxels
      }
      let compared = try await [others(2), others(1)], alone = try await others(0)
      #expect(compared == [["sub-01_ses-2", "sub-01_ses-1"], ["sub-01_ses-3", "sub-01_ses-1"]])
      #expect(alone == ["sub-01_ses-2", "sub-01_ses-3"])
      // The template would move the second session to the left. The voxels are stored from the right.
      let moved = try await [first(2), first(1)]
      #expect(moved == [[1, 2, 0, 4, 5, 0, 7, 8, 0, 10, 11, 0], [0, 0, 1, 0, 3, 4, 0, 6, 7, 0, 9, 10]])
    }
  }

  /// The table of a case's regions says where they are, and gives the scores by which cases are ordered.
  @Test func placesAndScoresComeFromTheTablesOfRegions() async throws {
    let results = try Results()
    defer { results.remove() }
    let table = results.folder.appendingPathComponent(CaseFiles(caseID: Results.ids[0]).lesionTable)
    try AtomicFile.makeFolder(table.deletingLastPathComponent())
    try AtomicFile.write(
      """
      index\tmax_score\tcentroid_x_mm\tcentroid_y_mm\tcentroid_z_mm\tplace\tside\tlobe
      1\t2.5\t-40\t1.25\t3\tjuxtacortical\tleft\tfrontal
      2\t3.5\t4\t1\t3\tcerebellum\tright\tn/a
      3\tnan\t4\t1\t3\tn/a\tn/a\tn/a

      """, to: table)
    try await serving(results) { client in
      let details: Details = try await client.get("/api/cases/0/details").json()
      #expect(
        details.locations == [
          .init(centroid: [-40, 1.25, 3], place: "juxtacortical", side: "left", lobe: "frontal"),
          .init(centroid: [4, 1, 3], place: "cerebellum", side: "right", lobe: nil),
        ])
      let without: Details = try await client.get("/api/cases/1/details").json()
      #expect(without.locations.isEmpty)
      let scores: [Double?] = try await client.get("/api/scores").json()
      #expect(scores == [3.5, nil, nil])
      try AtomicFile.write("no\ttable\n1\n", to: table)
      let none: [Double?] = try await client.get("/api/scores").json()
      #expect(none == [nil, nil, nil])
    }
  }

  @Test func aPNGIsSentAsASlice() async throws {
    let results = try Results()
    defer { results.remove() }
    let table = results.folder.appendingPathComponent("cases.tsv")
    let text = try String(contentsOf: table, encoding: .utf8)
    try AtomicFile.write(text.replacingOccurrences(of: "0.nii.gz", with: "0.png"), to: table)
    try PNGImage(width: 3, height: 2, gray: [UInt8](0..<6)).write(
      to: results.root.appendingPathComponent("scans 'of' <b> ü/0.png"))
    try await serving(results) { client in
      let file = results.root.appendingPathComponent("answer.nii")
      try await client.get("/api/cases/0/image").body.write(to: file)
      let slice = try NIfTI.read(file)
      #expect(slice.shape == [3, 2, 1] && slice.voxels == [0, 1, 2, 3, 4, 5])
    }
  }

  struct Refusal: Decodable {
    var what: String
    var `where`: String
    var advice: String
  }

  @Test func whatIsNotThereIsSaidInThreeLines() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let failed = try await client.get("/api/cases/2/map")
      #expect(failed.status == 404)
      #expect(try failed.json(Refusal.self).advice == "too dark")

      let map = results.folder.appendingPathComponent("map 0.nii.gz")
      try FileManager.default.removeItem(at: map)
      let deleted = try await client.get("/api/cases/0/map"), refusal: Refusal = try deleted.json()
      #expect(deleted.status == 404 && refusal.where == map.path && !refusal.advice.isEmpty)
      let cohort: Cohort = try await client.get("/api/cohort").json()
      #expect(cohort.cases.map(\.status) == ["missing", "ok", "failed"])

      try Data("no scan".utf8).write(to: results.folder.appendingPathComponent("map 1.nii.gz"))
      let damaged = try await client.get("/api/cases/1/map")
      #expect(damaged.status == 500)
      #expect(try damaged.json(Refusal.self).what.contains("NIfTI"))
    }
  }

  @Test func ratesComeFromTheRecord() async throws {
    let results = try Results()
    defer { results.remove() }
    let record = """
      {"normaVersion": "0", "bundle": "mine", "method": "m", "threshold": 0.7, "minimumLesionSize": 12,
       "thresholdsByRate": {}, "thresholdsByName": {},
       "healthyCurve": [{"rate": 0.01, "threshold": 3}, {"rate": 0.1, "threshold": 1}]}
      """
    try AtomicFile.write(record, to: results.folder.appendingPathComponent("segmentation.json"))
    nonisolated(unsafe) var cohort: Cohort?
    try await serving(results) { cohort = try await $0.get("/api/cohort").json() }
    #expect(cohort?.minimumLesionSize == 12 && cohort?.cases[0].threshold == 0.7)
    #expect(cohort?.curve == [.init(rate: 0.01, threshold: 3), .init(rate: 0.1, threshold: 1)])
  }

  @Test func aTakenPortIsAProblem() throws {
    let results = try Results()
    defer { results.remove() }
    let first = try results.viewer()
    let port = try #require(Client(address: first.address)).port
    let problem = #expect(throws: Problem.self) { try results.viewer(port: port) }
    #expect(problem?.kind == .cannotCreate && problem?.location == "127.0.0.1:\(port)")
    #expect(problem?.advice.contains("--port") == true)
  }

  @Test func aFolderWithoutResultsIsAProblem() throws {
    let results = try Results()
    defer { results.remove() }
    let table = results.folder.appendingPathComponent("cases.tsv")
    for (text, kind) in [
      ("case_id\tstatus\n", Problem.Kind.missingInput), ("a\tb\nc\n", .badData), ("a\nb\n", .badData),
    ] {
      try AtomicFile.write(text, to: table)
      #expect(#expect(throws: Problem.self) { try results.viewer() }?.kind == kind)
    }
    try FileManager.default.removeItem(at: table)
    let problem = #expect(throws: Problem.self) { try results.viewer() }
    #expect(problem?.kind == .missingInput && problem?.location == results.folder.path)
  }

  @Test func withoutNiiVueTheProblemSaysHowToGetIt() throws {
    let results = try Results()
    defer { results.remove() }
    let problem = #expect(throws: Problem.self) {
      try Viewer(
        folder: results.folder, rater: "anna", niivue: results.root.appendingPathComponent("nowhere.js"))
    }
    #expect(problem?.kind == .missingInput && problem?.advice == "run Scripts/bootstrap")
  }
}
