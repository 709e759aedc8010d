import _TestSupport
import Foundation
import Norma
import Testing
import Volumes

/// From real slices to figures; skipped where the data are not there.
@Suite struct RealScanTests {
  static let data = RealScans.folder.flatMap { ($0 / "soop-flair/slices.tsv").exists ? $0 : nil }

  /// A cohort of 20 lesion-free slices to learn from and 5 with lesions, and the model trained on it.
  private static let trained = Result {
    let slices = try #require(data) / "soop-flair"
    let rows = try TSV(slices / "slices.tsv").rows.compactMap { row -> (id: String, lesion: Int)? in
      guard let id = row["participant_id"], let pixels = row["lesion_px_axial"].flatMap(Int.init) else {
        return nil
      }
      return (id, pixels)
    }
    let free = rows.filter { $0.lesion == 0 }.prefix(20).enumerated()
      .map { line($0.element.id, hasLesion: false, $0.offset < 16 ? "train" : "validation", slices) }
    let patients = rows.filter { $0.lesion >= 300 }.prefix(5)
      .map { line($0.id, hasLesion: true, "test", slices) }
    let manifest = try Workplace.folder() / "soop.tsv"
    let text = "participant_id\timage\tlesion_mask\tsplit\n" + (free + patients).joined()
    try Data(text.utf8).write(to: manifest)
    let run = manifest.deletingLastPathComponent() / "run"
    try Tool.succeed(
      [
        "train", "--preset", "normative", "--data", manifest.path, "-o", run.path, "--threads", "1", "--set",
        "recipe.zRange=[10, 26]",
      ])
    return (manifest: manifest, bundle: run / "bundle")
  }

  private static func line(_ id: String, hasLesion: Bool, _ split: String, _ slices: URL) -> String {
    let mask = hasLesion ? (slices / "lesion/\(id).png").path : "n/a"
    return "\(id)\t\((slices / "flair/\(id).png").path)\t\(mask)\t\(split)\n"
  }

  @Test(.enabled(if: data != nil, "no real scans: set NORMA_SHARED_DATA"))
  func strokesAreFoundBetterThanByChance() throws {
    struct Figures: Decodable {
      var auprc, prevalence: Double
      var cases: Int
    }
    let (manifest, bundle) = try Self.trained.get()
    let out = try Workplace.folder(), figures = try Workplace.folder()
    try Tool.succeed([
      "segment", "-i", manifest.path, "--split", "test", "-o", out.path, "--bundle", bundle.path, "--threads",
      "1",
    ])
    try Tool.succeed(["evaluate", "--predictions", out.path, "--data", manifest.path, "-o", figures.path])
    let result = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: figures / "evaluation.json"))
    #expect(result.cases == 5 && result.prevalence > 0)
    #expect(result.auprc.isFinite && result.auprc > result.prevalence)
    #expect(try (out / "report.html").text().contains("slice without position"))
  }

  @Test(.enabled(if: data != nil, "no real scans: set NORMA_SHARED_DATA"))
  func aVolumeKeepsItsGridAndIsScoredWhereTheBundleKnowsTheLevels() throws {
    let scan = try #require(Self.data) / "ms-open/mni/patient26_FLAIR.nii.gz"
    let out = try Workplace.folder()
    try Tool.succeed([
      "segment", "-i", scan.path, "-o", out.path, "--bundle", Self.trained.get().bundle.path, "--threads",
      "1",
    ])
    let row = try #require(try TSV(out / "cases.tsv").rows.first)
    let name = try #require(row["anomaly_map"])
    let header = try NIfTI.readHeader(out / name), input = try NIfTI.readHeader(scan)
    #expect(try NIfTI.readGeometry(out / name) == NIfTI.readGeometry(scan))
    #expect(header.sformCode == input.sformCode && header.qformCode == input.qformCode)
    let sidecar = try (out / name.replacingOccurrences(of: ".nii.gz", with: ".json")).text()
    #expect(sidecar.contains("(z 10 to 26 mm)"), "\(sidecar)")
    #expect(try (out / "report.html").text().contains("(z 10 to 26 mm)"))
  }

  private static let weights = packageRoot / ".deps/brainchop/net.safetensors"

  @Test(.enabled(if: data != nil && weights.exists, "no real scans or weights: set NORMA_SHARED_DATA"))
  func aRawScanHasTheSameBrainAndPlaceInEveryOrientation() throws {
    let file = try #require(Self.data) / "ms-open/raw/patient01_study1_FLAIR.nii.gz"
    let scan = try NIfTI.read(file), folder = try Workplace.folder()
    let turn = Orientation(permutation: [2, 0, 1], isFlipped: [true, false, true])
    try NIfTI.write(turn.apply(scan), to: folder / "turned.nii.gz")
    let rows = ["participant_id\timage", "a\t\(file.path)", "b\tturned.nii.gz"]
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: folder / "manifest.tsv")
    let out = folder / "out"
    try Tool.succeed([
      "preprocess", "-i", (folder / "manifest.tsv").path, "-o", out.path, "--weights", Self.weights.path,
      "--threads", "1",
    ])
    let rowsDone = try TSV(out / "cases.tsv").rows
    for row in rowsDone { #expect(Double(row["template_overlap"] ?? "") ?? 0 > 0.93) }
    let places = try ["a", "b"].map {
      try ITKTransformFile.read(out / "\($0)/\($0)_from-FLAIR_to-MNI152NLin2009aSym_mode-image_xfm.txt")
    }
    for corner in [SIMD3(60.0, 60, 60), SIMD3(-60, -80, -30), SIMD3(60, -80, 60)] {
      let off = places[0].apply(corner) - places[1].apply(corner)
      #expect((off * off).sum().squareRoot() < 1, "\(off) mm")
    }
    let mask = try NIfTI.readMask(out / "a/a_desc-brain_mask.nii.gz")
    let turned = try NIfTI.readMask(out / "b/b_desc-brain_mask.nii.gz")
    #expect(mask.geometry == scan.geometry && turned.shape == turn.apply(scan.geometry).shape)
    let volume = Double(mask.count) * mask.geometry.voxelVolume / 1000
    #expect((1250...1450).contains(volume), "\(volume) mL")
    let differing = zip(turn.apply(mask).voxels, turned.voxels).count { $0 != $1 }
    #expect(differing < mask.count / 1000, "\(differing) of \(mask.count) voxels")
  }
}
