import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort

@Suite struct CaseMasksTests {
  private static let geometry = Geometry(
    shape: [4, 3, 2],
    affine: Affine(i: SIMD3(-1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 5), origin: SIMD3(90, -60, 10)))
  private static let reversed = Orientation(permutation: [2, 0, 1], isFlipped: [true, false, true])

  /// A case whose lesion and brain mask is a volume with one voxel of 1 and one of another value.
  private static func withCase<Result>(
    other: Float = 0, stored: (Volume) -> Volume = { $0 }, reading: MaskReading = MaskReading(),
    _ body: (ScanCase) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { folder in
      let image = folder.appendingPathComponent("image.nii.gz"),
        mask = folder.appendingPathComponent("m.nii.gz")
      var volume = Volume(geometry: geometry, repeating: 0)
      try NIfTI.write(volume, to: image)
      (volume.voxels[1], volume.voxels[5]) = (1, other)
      try NIfTI.write(stored(volume), to: mask)
      var scan = ScanCase(participantID: "a", image: image, lesionMask: mask, brainMask: mask)
      scan.maskReading = reading
      return try body(scan)
    }
  }

  @Test func bothMasksArePairedThroughTheirAffines() throws {
    try Self.withCase(stored: Self.reversed.apply) { scan in
      let masks = [try scan.readLesionMask(), try scan.readBrainMask()?.mask]
      for mask in masks {
        #expect(mask?.geometry == Self.geometry && mask?.voxels.firstIndex(of: 1) == 1 && mask?.count == 1)
      }
      let hasLesion = try scan.hasLesion()
      #expect(hasLesion)
    }
  }

  @Test func wrongHeadersAreRefusedUnlessVoxelsArePaired() throws {
    func wrong(_ volume: Volume) -> Volume {
      let affine = Affine(
        i: SIMD3(1, 0, 0), j: SIMD3(0, -1, 0), k: SIMD3(0, 0, 5), origin: SIMD3(90, -60, 10))
      return Volume(geometry: Geometry(shape: volume.shape, affine: affine), voxels: volume.voxels)
    }
    try Self.withCase(stored: wrong) { scan in
      let refused = [
        try problem { try scan.readLesionMask() }, try problem { try scan.readBrainMask() },
      ]
      for problem in refused { #expect(problem.what.contains("contradict")) }
    }
    try Self.withCase(stored: wrong, reading: MaskReading(pairing: .voxels)) { scan in
      let masks = [try scan.readLesionMask(), try scan.readBrainMask()?.mask]
      for mask in masks { #expect(mask?.voxels.firstIndex(of: 1) == 1) }
    }
  }

  @Test func labelsBelongToLesionMasksOnly() throws {
    try Self.withCase(other: 2, reading: MaskReading(lesionLabel: 2)) { scan in
      let lesion = try scan.readLesionMask(), refused = try problem { try scan.readBrainMask() }
      #expect(lesion?.voxels.firstIndex(of: 1) == 5)
      #expect(refused.what == "the brain mask holds the values 0, 1 and 2")
    }
    try Self.withCase(reading: MaskReading(lesionLabel: 2)) { scan in
      let hasLesion = try scan.hasLesion()
      #expect(!hasLesion)
    }
  }

  @Test(arguments: [(Float(0.4), true), (0, false)])
  func masksThatAreCutAreNamed(other: Float, isCut: Bool) throws {
    try Self.withCase(other: other) { scan in
      let lesion = try scan.readLesionMask(), note = try scan.readBrainMask()?.note
      #expect(lesion?.count == 1 && (note?.contains("cut at 0.5") == true) == isCut)
      let ofCohort = Manifest(cases: [scan], source: scan.image).noteOnLesionMasks
      #expect((ofCohort?.hasSuffix("1 of 1 cases (a)") == true) == isCut)
    }
  }

  @Test func aManifestSaysHowMasksAreRead() throws {
    let text = """
      participant_id\timage\tlesion_mask\tlesion_label\tmask_pairing
      a\ta.nii\tm.nii\t2\tvoxels
      b\tb.nii\tm.nii\tn/a\taffine
      c\tc.nii\tm.nii\t\t
      """
    let source = URL(filePath: "/study/manifest.tsv"), manifest = try Manifest(text: text, source: source)
    let expected = [MaskReading(lesionLabel: 2, pairing: .voxels), MaskReading(), MaskReading()]
    #expect(manifest.cases.map(\.maskReading) == expected)
    let written = Manifest.text(of: manifest.cases, relativeTo: URL(filePath: "/study"))
    #expect(try Manifest(text: written, source: source).cases == manifest.cases)
    let chosen = manifest.reading(masks: MaskReading(lesionLabel: 1))
    #expect(chosen.cases.map(\.maskReading.lesionLabel) == [1, 1, 1])
    #expect(chosen.cases.map(\.maskReading.pairing) == [.voxels, .affine, .affine])
  }
}
