import _TestSupport
import Foundation
import Norma
import Testing
import Volumes

/// `simulate`, from a template of ellipsoids.
@Suite struct SimulateTests {
  /// The maps of a template whose anatomy is the phantom.
  static func template() throws -> URL {
    let folder = try Workplace.folder(), phantom = Anatomy.phantom
    let t1 = phantom.brain.indices.map {
      0.7 * Float(phantom.grey[$0]) + Float(phantom.white[$0]) + 40 * Float(phantom.brain[$0])
    }
    for (name, voxels) in [
      ("t1", t1), ("gm", phantom.grey.map(Float.init)), ("wm", phantom.white.map(Float.init)),
    ] {
      try NIfTI.write(
        Volume(geometry: Anatomy.grid, voxels: voxels),
        to: folder / "mni_icbm152_\(name)_tal_nlin_sym_09a_converted.nii.gz")
    }
    return folder
  }

  @Test func aSimulatedCohortIsAManifestThatCanBeTrainedOn() throws {
    let folder = try Workplace.folder(), template = try Self.template()
    func simulate(_ out: URL, seed: Int) throws -> Outcome {
      try Tool.succeed([
        "simulate", "-o", out.path, "--cases", "3", "--seed", "\(seed)", "--voxel-size", "6", "6", "4",
        "--levels", "10",
        "30", "--template", template.path,
      ])
    }
    let outcome = try simulate(folder / "a", seed: 1)
    #expect(outcome.results == [(folder / "a/manifest.tsv").path])
    let manifest = try TSV(folder / "a/manifest.tsv")
    #expect(manifest.columns == ["participant_id", "image", "brain_mask", "lesion_mask", "split"])
    #expect(manifest.rows.map { $0["split"] } == ["train", "train", "test"])
    let patient = try #require(manifest.rows.last)
    let lesion = try NIfTI.readMask(folder / "a" / (patient["lesion_mask"] ?? ""))
    let image = try NIfTI.read(folder / "a" / (patient["image"] ?? ""))
    #expect(lesion.count > 0 && image.geometry == lesion.geometry && image.geometry.spacing.z == 4)

    // The same seed gives the same files.
    _ = try simulate(folder / "b", seed: 1)
    for file in (folder / "a").files {
      #expect(try Data(contentsOf: folder / "a" / file) == Data(contentsOf: folder / "b" / file), "\(file)")
    }
    #expect(folder.halfWritten == [])
  }
}
