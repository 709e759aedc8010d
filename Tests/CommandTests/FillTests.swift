import _TestSupport
import Foundation
import Testing
import Volumes

/// `fill`: regions of a mask become tissue, in a copy of the scan.
@Suite struct FillTests {
  private struct Input {
    let folder: URL
    var scan: URL { folder / "sub-1_FLAIR.nii.gz" }
    var mask: URL { folder / "mask.nii.gz" }

    init() throws {
      folder = try Workplace.folder()
      let geometry = Geometry(shape: [24, 24, 24], affine: .identity)
      let image = Volume(
        geometry: geometry, voxels: (0..<geometry.voxelCount).map { Float(100 + $0 * 7919 % 11) })
      try NIfTI.write(image, to: scan)
      try writeMask { $0.min() >= 10 && $0.max() < 14 }
    }

    func writeMask(on shape: [Int] = [24, 24, 24], shift: Double = 0, _ isSet: (SIMD3<Int>) -> Bool) throws {
      var mask = Mask(
        geometry: Geometry(
          shape: shape, affine: Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: [shift, 0, 0])),
        repeating: 0)
      for voxel in mask.voxels.indices { mask.voxels[voxel] = isSet(mask.voxel(at: voxel)) ? 1 : 0 }
      try NIfTI.write(mask, to: self.mask)
    }

    func fill(_ more: [String] = []) throws -> Outcome {
      try Tool.run(["fill", scan.path, "--mask", mask.path] + more)
    }
  }

  @Test func theCopyIsBesideTheScanAndDiffersInTheMaskOnly() throws {
    let input = try Input(), outcome = try input.fill()
    let file = input.folder / "sub-1_desc-filled_FLAIR.nii.gz"
    #expect(outcome.code == 0 && outcome.results == [file.path])
    let (before, after) = (try NIfTI.read(input.scan), try NIfTI.read(file))
    let changed = before.voxels.indices.filter { before.voxels[$0] != after.voxels[$0] }
    let mask = try NIfTI.readMask(input.mask)
    #expect(changed.count > 50 && changed.allSatisfy { mask.voxels[$0] == 1 })
    #expect(before.header == after.header)
  }

  @Test func aRimIsFilledToo() throws {
    let input = try Input()
    let outcome = try input.fill(["--grow", "1", "-o", (input.folder / "out.nii.gz").path])
    #expect(outcome.standardError.contains("voxels=160"))
  }

  @Test func aMaskOnAnotherGridIsResampled() throws {
    let input = try Input()
    try input.writeMask(on: [20, 24, 24], shift: 2) { $0.min() >= 10 && $0.max() < 14 }
    let outcome = try input.fill()
    #expect(outcome.code == 0 && outcome.standardError.contains("another grid"))
  }

  static let mistakes: [BadInput] = [
    BadInput("no mask", 64, ["no mask is given", "--mask"]) { _ in ["fill", try Input().scan.path] },
    BadInput("an empty mask", 65, ["no voxel in the scan", "mask.nii.gz"]) { _ in
      let input = try Input()
      try input.writeMask { _ in false }
      return ["fill", input.scan.path, "--mask", input.mask.path]
    },
    BadInput("a mask of another scan", 65, ["contradict each other", "header"]) { _ in
      let input = try Input()
      try input.writeMask(shift: 300) { $0.max() < 9 }
      return ["fill", input.scan.path, "--mask", input.mask.path]
    },
    BadInput("a mask of everything", 65, ["enough tissue around it"]) { _ in
      let input = try Input()
      try input.writeMask { _ in true }
      return ["fill", input.scan.path, "--mask", input.mask.path]
    },
    BadInput("the scan as output", 73, ["would replace the scan"]) { _ in
      let input = try Input()
      return ["fill", input.scan.path, "--mask", input.mask.path, "-o", input.scan.path]
    },
    BadInput("a scan that is not there", 66, ["nowhere.nii"]) { _ in
      let input = try Input()
      return ["fill", "nowhere.nii", "--mask", input.mask.path]
    },
  ]

  @Test(arguments: mistakes) func mistakesAreExplained(_ mistake: BadInput) throws { try mistake.check() }
}
