import _TestSupport
import Foundation
import Testing
import Volumes

/// `paint`: lesion-free scans become a cohort with masks.
@Suite struct PaintTests {
  private func paint(_ out: URL, data: URL, _ more: [String] = []) throws -> Outcome {
    try Tool.run(["paint", "--data", data.path, "-o", out.path, "--threads", "1"] + Cohort.smallGrid + more)
  }

  @Test func paintedScansAreATestCohort() throws {
    let folder = try Workplace.folder(), data = try Cohort.manifest
    let outcome = try paint(folder / "a", data: data, ["--kinds", "blob", "patch"])
    #expect(outcome.code == 0 && outcome.results == [(folder / "a/manifest.tsv").path])
    let painted = try TSV(folder / "a/manifest.tsv").rows
    let sources = try TSV(data).rows.filter { $0["split"] == "validation" }
    #expect(painted.map { $0["participant_id"] } == sources.map { $0["participant_id"] })
    for (row, source) in zip(painted, sources) {
      #expect(row["split"] == "test")
      let before = try NIfTI.read(Cohort.folder.get() / (source["image"] ?? ""))
      let after = try NIfTI.read(folder / "a" / (row["image"] ?? ""))
      let mask = try NIfTI.readMask(folder / "a" / (row["lesion_mask"] ?? ""))
      #expect(after.geometry == before.geometry && mask.geometry == before.geometry && mask.count > 0)
      #expect(zip(before.voxels, after.voxels).allSatisfy { ($0 == 0) == ($1 == 0) })
      let changed = zip(zip(before.voxels, after.voxels), mask.voxels).filter { $1 != 0 && $0.0 != $0.1 }
        .count
      #expect(changed > mask.count * 9 / 10)
    }
    _ = try paint(folder / "b", data: data, ["--kinds", "blob", "patch"])
    _ = try paint(folder / "c", data: data, ["--kinds", "blob", "patch", "--seed", "1"])
    for file in (folder / "a").files {
      #expect(try Data(contentsOf: folder / "a" / file) == Data(contentsOf: folder / "b" / file), "\(file)")
    }
    #expect(
      (folder / "a").files.contains { file in
        (try? Data(contentsOf: folder / "a" / file)) != (try? Data(contentsOf: folder / "c" / file))
      })
    #expect(folder.halfWritten == [])
  }

  @Test func slicesStayPictures() throws {
    let folder = try Workplace.folder(), size = 40
    let slice = (0..<size * size).map { pixel -> UInt8 in
      let (x, y) = (pixel % size - 20, pixel / size - 20)
      return x * x + y * y < 300 ? UInt8(100 + pixel * 7 % 23) : 0
    }
    try PNGImage(width: size, height: size, gray: slice).write(to: folder / "slice.png")
    let manifest = folder / "manifest.tsv"
    try Data("participant_id\timage\tsplit\nsub-1\tslice.png\tvalidation\n".utf8).write(to: manifest)
    let outcome = try paint(
      folder / "out", data: manifest, ["--set", "recipe.gridSpacing=2", "--kinds", "blob"])
    #expect(outcome.code == 0, "\(outcome.standardError)")
    let row = try #require(TSV(folder / "out/manifest.tsv").rows.first)
    let image = try PNGImage.read(folder / "out" / (row["image"] ?? ""))
    let mask = try PNGImage.read(folder / "out" / (row["lesion_mask"] ?? ""))
    #expect(image.width == size && mask.width == size && mask.samples.contains(255))
    #expect(zip(image.samples, slice).allSatisfy { ($0 == 0) == ($1 == 0) })
  }

  @Test func aSplitWithoutLesionFreeScansIsRefused() throws {
    let out = try Workplace.folder() / "out"
    let outcome = try paint(out, data: Cohort.manifest, ["--split", "test"])
    #expect(outcome.code == 65 && outcome.standardError.contains("no case without lesion mask"))
    #expect(!out.exists)
    #expect(try paint(out, data: Cohort.manifest, ["--kinds", "stripe"]).code == 64)
    // Anomalies are painted in z.
    let scale = try paint(out, data: Cohort.manifest, ["--set", "recipe.normalization=percentile"])
    #expect(scale.code == 64)
    expectProblem(in: scale, words: ["recipe.normalization", "robust-z"])
    #expect(!out.exists)
  }
}
