import Foundation
import Testing
import Volumes

@testable import Base
@testable import Norma
@testable import NormaViewer

/// The decisions of raters are kept, whichever other process writes.
@Suite struct ReviewTests {
  private func rows(_ results: Results, _ name: String) throws -> [[String: String]] {
    try #require(
      Table.rows(of: String(contentsOf: results.review.appendingPathComponent(name), encoding: .utf8)))
  }

  @Test func aReviewIsARowAndIsReadBack() async throws {
    let results = try Results()
    defer { results.remove() }
    let note = "a\ttab, a\nline, <b>\"quotes\"</b>, 病"
    let body =
      String(
        decoding: try JSONEncoder().encode(["note": note]), as: UTF8.self
      ).dropLast() + #", "index": 1, "decision": "flagged"}"#
    try await serving(results) { client in
      _ = try await client.post("/api/review", #"{"index": 0, "decision": "rejected"}"#)
      let saved: Saved = try await client.post("/api/review", String(body)).json()
      #expect(saved.reviews[Results.ids[0]]?.decision == "rejected")
    }
    let cleaned = "a tab, a line, <b>\"quotes\"</b>, 病"
    let written = try rows(results, "rater-anna_review.tsv")
    #expect(written.map { $0["case_id"] } == Results.ids.sorted())
    #expect(written.first { $0["case_id"] == Results.ids[1] }?["note"] == cleaned)
    try await serving(results) { client in
      let saved: Saved = try await client.get("/api/review").json()
      #expect(saved.reviews[Results.ids[1]] == Saved.Review(decision: "flagged", note: cleaned))
      _ = try await client.post("/api/review", #"{"index": 1, "decision": "", "note": ""}"#)
      let rest: Saved = try await client.post("/api/review", #"{"index": 0, "decision": ""}"#).json()
      #expect(rest.reviews.isEmpty)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: results.review.path).isEmpty)
  }

  @Test func twoTabsTwoViewersAndTwoRatersLoseNothing() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { first in
      try await serving(results) { second in
        try await serving(results, rater: "bertil") { other in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, client) in [first, second, first, second].enumerated() {
              for index in 0..<2 {
                let field = number < 2 ? #""decision": "accepted""# : #""note": "seen""#
                group.addTask {
                  _ = try await client.post("/api/review", #"{"index": \#(index), \#(field)}"#)
                }
              }
            }
            group.addTask {
              _ = try await other.post("/api/review", #"{"index": 0, "decision": "rejected"}"#)
            }
            try await group.waitForAll()
          }
        }
      }
    }
    let anna = try rows(results, "rater-anna_review.tsv")
    #expect(anna.count == 2 && anna.allSatisfy { $0["decision"] == "accepted" && $0["note"] == "seen" })
    #expect(try rows(results, "rater-bertil_review.tsv").map { $0["decision"] } == ["rejected"])
  }

  @Test func reviewsOfCasesThatAreNoLongerListedStay() async throws {
    let results = try Results()
    defer { results.remove() }
    let old = "case_id\tdecision\tnote\tchanged\nold\taccepted\tfine\t2026-01-01T00:00:00Z\n"
    let file = results.review.appendingPathComponent("rater-anna_review.tsv")
    try AtomicFile.write(old, to: file)
    try await serving(results) { client in
      _ = try await client.post("/api/review", #"{"index": 0, "decision": "accepted"}"#)
    }
    #expect(try rows(results, "rater-anna_review.tsv").map { $0["case_id"] } == ["old", Results.ids[0]])
  }

  @Test func aDamagedTableIsRefusedAndNotReplaced() async throws {
    let results = try Results()
    defer { results.remove() }
    let file = results.review.appendingPathComponent("rater-anna_review.tsv")
    for text in ["case_id\tdecision\nx\taccepted\n", "case_id\tdecision\tnote\tchanged\nx\tyes\tn/a\tn/a\n"] {
      try AtomicFile.write(text, to: file)
      let problem = #expect(throws: Problem.self) { try results.viewer() }
      #expect(problem?.kind == .badData && problem?.location == file.path)
      #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
    // Damaged while the viewer runs.
    try FileManager.default.removeItem(at: file)
    try await serving(results) { client in
      try AtomicFile.write("no table", to: file)
      let answer = try await client.post("/api/review", #"{"index": 0, "decision": "accepted"}"#)
      #expect(answer.status == 500 && answer.text.contains("correct the table"))
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == "no table")
  }

  @Test func thresholdsAreATableThatSegmentTakes() async throws {
    let results = try Results()
    defer { results.remove() }
    let file = results.review.appendingPathComponent("rater-anna_thresholds.tsv")
    try await serving(results) { client in
      _ = try await client.post("/api/threshold", #"{"index": 1, "threshold": 0.25}"#)
      let saved: Saved = try await client.post("/api/threshold", #"{"threshold": 0.5}"#).json()
      #expect(saved.thresholds == [Results.ids[1]: 0.25] && saved.thresholdOfOthers == 0.5)
      let table = try ThresholdTable(contentsOf: file)
      #expect(table == ThresholdTable(ofOthers: 0.5, ofCases: [Results.ids[1]: 0.25]))
      _ = try await client.post("/api/threshold", #"{"index": 1}"#)
      let rest: Saved = try await client.get("/api/review").json()
      #expect(rest.thresholds.isEmpty && rest.thresholdOfOthers == 0.5)
    }
  }

  @Test func aRejectedRegionIsMissingFromTheCorrectedMask() async throws {
    let results = try Results()
    defer { results.remove() }
    let id = Results.ids[1], body = #""index": 1, "voxel": [2, 1, 0], "volume": 8"#
    try await serving(results) { client in
      _ = try await client.post("/api/region", "{\(body), \"decision\": \"rejected\", \"note\": \"vessel\"}")
      let judged = try rows(results, "rater-anna_regions.tsv")
      #expect(judged.map { $0["decision"] } == ["rejected"] && judged.map { $0["note"] } == ["vessel"])
      #expect(judged.map { $0["case_id"] } == [id] && judged[0]["voxel_i"] == "2")

      let saved: Saved = try await client.post("/api/mask", #"{"index": 1}"#).json()
      let file = URL(fileURLWithPath: try #require(saved.corrected[id]))
      #expect(try NIfTI.readMask(file).count == 0)
      #expect(try NIfTI.read(file).geometry == Results.volume { Float($0) }.geometry)
      // At a lower threshold every voxel but the one that is not scored belongs to the rejected region.
      _ = try await client.post("/api/mask", #"{"index": 1, "threshold": 0.1}"#)
      #expect(try NIfTI.readMask(file).count == 0)
      // An accepted region comes back, into the mask that is already there.
      _ = try await client.post("/api/region", "{\(body), \"decision\": \"accepted\", \"threshold\": 0.1}")
      #expect(try NIfTI.readMask(file).count == 11)
      _ = try await client.post("/api/region", "{\(body), \"decision\": \"\", \"note\": \"\"}")
      #expect(try NIfTI.readMask(file).voxels == Results.volume { $0 == 5 ? 1 : 0 }.voxels.map { UInt8($0) })
    }
    #expect(
      !FileManager.default.fileExists(
        atPath: results.review.appendingPathComponent("rater-anna_regions.tsv").path))
    let manifest = try Manifest(
      correctedMasks: results.review.appendingPathComponent("rater-anna_masks"), of: results.folder)
    #expect(manifest.cases.map(\.id) == [id] && manifest.cases[0].lesionMask != nil)
  }

  @Test func anAddedRegionIsInTheCorrectedMaskUntilItIsRemoved() async throws {
    let results = try Results()
    defer { results.remove() }
    let id = Results.ids[0]
    // From voxel 0, over voxels of at least 0.5 within one voxel of 2 mm along an axis.
    let body = #""index": 0, "voxel": [0, 0, 0], "volume": 32, "growth": {"least": 0.5, "radius": 2}"#
    try await serving(results) { client in
      _ = try await client.post(
        "/api/region", #"{"index": 0, "voxel": [2, 1, 0], "volume": 8, "decision": "rejected"}"#)
      let saved: Saved = try await client.post("/api/mask", #"{"index": 0}"#).json()
      let file = URL(fileURLWithPath: try #require(saved.corrected[id]))
      #expect(try NIfTI.readMask(file).count == 0)
      _ = try await client.post("/api/region", "{\(body), \"decision\": \"added\", \"note\": \"faint\"}")
      #expect(
        try NIfTI.readMask(file).voxels
          == Results.volume { [0, 1, 3, 6].contains($0) ? 1 : 0 }.voxels.map { UInt8($0) })
    }
    let row = try #require(try rows(results, "rater-anna_regions.tsv").last)
    #expect(
      [row["decision"], row["note"], row["least_score"], row["radius_mm"]] == [
        "added", "faint", "0.5", "2.0",
      ])
    // After a new start, the same region is removed with its note.
    try await serving(results) { client in
      let saved: Saved = try await client.post("/api/region", "{\(body), \"decision\": \"\"}").json()
      let file = URL(fileURLWithPath: try #require(saved.corrected[id]))
      #expect(try NIfTI.readMask(file).count == 0)
    }
    #expect(try rows(results, "rater-anna_regions.tsv").map { $0["decision"] } == ["rejected"])
  }

  @Test(arguments: [
    #""voxel": [3, 0, 0], "decision": "added", "growth": {"least": 1, "radius": 2}"#,
    #""voxel": [0, -1, 0], "decision": "added", "growth": {"least": 1, "radius": 2}"#,
    #""voxel": [0, 0, 9223372036854775807], "decision": "added", "growth": {"least": 1, "radius": 2}"#,
    #""voxel": [0, 0], "decision": "added", "growth": {"least": 1, "radius": 2}"#,
    #""voxel": [0, 0, 0], "decision": "added", "growth": {"least": -1, "radius": 2}"#,
    #""voxel": [0, 0, 0], "decision": "added", "growth": {"least": 1, "radius": 31}"#,
    #""voxel": [0, 0, 0], "decision": "added", "growth": {"least": 1, "radius": 0}"#,
    #""voxel": [0, 0, 0], "decision": "added", "growth": {"least": 1}"#,
    #""voxel": [0, 0, 0], "decision": "rejected", "growth": {"least": 1, "radius": 2}"#,
    #""voxel": [0, 0, 0], "decision": "added""#,
  ])
  func aCraftedRegionIsRefusedAndNothingIsSaved(fields: String) async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let answer = try await client.post("/api/region", "{\"index\": 0, \"volume\": 8, \(fields)}")
      #expect(answer.status == 400)
      let saved: Regions = try await client.get("/api/review").json()
      #expect(saved.regions.isEmpty)
    }
  }

  private struct Regions: Decodable {
    struct Region: Decodable {}
    var regions: [String: [Region]]
  }

  @Test func aCaseHasALimitedNumberOfAddedRegions() async throws {
    let results = try Results()
    defer { results.remove() }
    let table = RegionReviewTable([
      Results.ids[0]: (0..<RegionGrowth.mostPerCase).map {
        RegionReview(
          voxel: [0, 0, 0], growth: RegionGrowth(least: Double($0), radius: 1), decision: .added, volume: 8)
      }
    ])
    try AtomicFile.write(table.text, to: results.review.appendingPathComponent("rater-anna_regions.tsv"))
    try await serving(results) { client in
      let body =
        #""voxel": [0, 0, 0], "volume": 8, "decision": "added", "growth": {"least": 0.25, "radius": 1}"#
      let answers = [
        try await client.post("/api/region", "{\"index\": 0, \(body)}"),
        try await client.post("/api/region", "{\"index\": 1, \(body)}"),
      ]
      #expect(answers.map(\.status) == [400, 200])
    }
  }

  /// Tables from before regions could be added lack two columns; a row that contradicts itself is refused.
  @Test func tablesOfRegionsAreReadWithAndWithoutGrowth() throws {
    let head = "case_id\tvoxel_i\tvoxel_j\tvoxel_k\tvolume_mm3\tdecision\tnote\tchanged"
    let old = try #require(RegionReviewTable("\(head)\na\t1\t2\t3\t8\trejected\tn/a\tn/a\n"))
    #expect(old.regions == ["a": [RegionReview(voxel: [1, 2, 3], decision: .rejected, volume: 8)]])
    #expect(RegionReviewTable(old.text)?.regions == old.regions)
    #expect(RegionReviewTable("\(head)\na\t1\t2\t3\t8\tadded\tn/a\tn/a\n") == nil)
    let new = "\(head)\tleast_score\tradius_mm\na\t1\t2\t3\t8\tadded\tn/a\tn/a\t0.3\t"
    #expect(
      RegionReviewTable("\(new)12.5\n")?.regions["a"]?[0].growth == RegionGrowth(least: 0.3, radius: 12.5))
    #expect(RegionReviewTable("\(new)1e9\n") == nil)
  }

  /// A region grows as the component of the voxels in a ball that have the score.
  @Test func aRegionGrowsAsAComponentInABall() {
    var random = SystemRandomNumberGenerator()
    let affine = Affine(i: [-1.5, 0.2, 0], j: [0, 1, 0.1], k: [0, 0, 3], origin: [4, -1, 3])
    let geometry = Geometry(shape: [13, 11, 7], affine: affine)
    let map = Volume(
      geometry: geometry,
      voxels: (0..<geometry.voxelCount).map { $0 % 97 == 0 ? .nan : Float.random(in: 0...1, using: &random) })
    for (seed, least, radius) in [
      ([6, 5, 3], 0.7, 5.0), ([0, 10, 6], 0.8, 30), ([3, 3, 3], 0, 4), ([7, 2, 1], 0.5, 1),
    ] {
      let seed = SIMD3(seed), centre = affine.apply(SIMD3<Double>(seed))
      let ball = Mask(
        geometry: geometry,
        voxels: map.voxels.indices.map { index in
          let score = map.voxels[index].isNaN ? 0 : map.voxels[index]
          let away = affine.apply(SIMD3<Double>(map.voxel(at: index))) - centre
          return Double(score) >= least && (away * away).sum() <= radius * radius ? 1 : 0
        })
      let labels = ball.components().labels, label = labels[seed.x, seed.y, seed.z]
      let expected = Set(labels.voxels.indices.filter { label != 0 && labels.voxels[$0] == label })
      #expect(RegionGrowth(least: least, radius: radius).voxels(of: map, from: seed) == expected)
    }
  }

  @Test func twoMasksOfACaseOrNoneAreRefused() throws {
    let results = try Results()
    defer { results.remove() }
    let folder = results.root.appendingPathComponent("masks")
    try AtomicFile.makeFolder(folder)
    func refusal() -> Problem? {
      #expect(throws: Problem.self) { try Manifest(correctedMasks: folder, of: results.folder) }
    }
    #expect(refusal()?.what.contains("no mask") == true)
    for name in ["sub-01.nii.gz", "sub-01_mask.nii"] {
      try NIfTI.write(Results.volume { _ in 1 }, to: folder.appendingPathComponent(name))
    }
    #expect(refusal()?.what == "two masks belong to case 'sub-01'")
  }

  @Test(arguments: ["", "../anna", "a/b", ".anna", "anna b", String(repeating: "a", count: 65)])
  func aNameThatMakesNoFileNameIsRefused(name: String) throws {
    let results = try Results()
    defer { results.remove() }
    let problem = #expect(throws: Problem.self) { try results.viewer(rater: name) }
    #expect(problem?.kind == .usage && problem?.location == "--rater")
  }
}
