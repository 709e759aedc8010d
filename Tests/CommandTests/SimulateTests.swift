import _TestSupport
import Foundation
import Testing
import Volumes

/// `simulate`, from a template small enough for a test.
@Suite struct SimulateTests {
  /// A ball of white matter in a shell of grey, 40 mm across, where the template has its ventricles.
  static func template() throws -> URL {
    let folder = try Workplace.folder(), size = 44
    let affine = Affine(
      i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(-22, -22, -2))
    let geometry = Geometry(shape: [size, size, size], affine: affine)
    let depth = (0..<geometry.voxelCount).map { index -> Float in
      let steps = [index % size, index / size % size, index / (size * size)].map {
        Float($0) - Float(size) / 2
      }
      return 20 - steps.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let maps: [(String, (Float) -> Float)] = [
      ("t1", { $0 > 0 ? 100 : 0 }), ("gm", { $0 > 0 && $0 <= 4 ? 255 : 0 }), ("wm", { $0 > 4 ? 255 : 0 }),
    ]
    for (name, value) in maps {
      try NIfTI.write(
        Volume(geometry: geometry, voxels: depth.map(value)),
        to: folder / "mni_icbm152_\(name)_tal_nlin_sym_09a_converted.nii.gz")
    }
    return folder
  }

  @Test func aSimulatedCohortIsAManifestThatCanBeTrainedOn() throws {
    let folder = try Workplace.folder(), template = try Self.template()
    func simulate(_ out: URL, seed: Int) throws -> Outcome {
      try Tool.succeed([
        "simulate", "-o", out.path, "--cases", "3", "--seed", "\(seed)", "--voxel-size", "2", "2", "4",
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

    // The same seed gives the same files, another one others.
    _ = try simulate(folder / "b", seed: 1)
    _ = try simulate(folder / "c", seed: 2)
    for file in (folder / "a").files {
      #expect(try Data(contentsOf: folder / "a" / file) == Data(contentsOf: folder / "b" / file), "\(file)")
    }
    #expect(
      try NIfTI.read(folder / "c/sub-001/anat/sub-001_FLAIR.nii.gz").voxels
        != NIfTI.read(folder / "a/sub-001/anat/sub-001_FLAIR.nii.gz").voxels)
    #expect(folder.halfWritten == [])
  }
}
