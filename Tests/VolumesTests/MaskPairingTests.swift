import _TestSupport
import Foundation
import Testing

import Base
@testable import Volumes

@Suite struct MaskPairingTests {
  /// An oblique grid whose dimensions and voxel sizes differ.
  static let scan = Geometry(
    shape: [6, 5, 4],
    affine: Affine(
      i: SIMD3(-0.99, 0.1, 0), j: SIMD3(0.2, 1.98, 0.1), k: SIMD3(0, -0.3, 5), origin: SIMD3(40, -60, 20)))

  /// A mask on that grid without any symmetry.
  static let mask = Mask(
    geometry: scan, voxels: (0..<scan.voxelCount).map { [0, 2, 7, 30, 31, 77, 118].contains($0) ? 1 : 0 })

  static let orientations: [Orientation] = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ]
  .flatMap { permutation in
    (0..<8).map { bits in
      Orientation(permutation: permutation, isFlipped: (0..<3).map { bits >> $0 & 1 == 1 })
    }
  }

  private static func paired(_ mask: Mask, by pairing: MaskPairing = .affine) throws -> Mask {
    try mask.paired(with: scan, by: pairing, kind: "lesion mask", at: "mask.nii.gz")
  }

  @Test func axesMayBeStoredInAnyOrder() throws {
    for orientation in Self.orientations {
      let stored = orientation.apply(Self.mask)
      #expect(try Self.paired(stored) == Self.mask, "\(stored.geometry.axisCodes)")
    }
  }

  typealias Change = @Sendable (inout Affine) -> Void

  private static func row(_ name: String, _ change: @escaping Change) -> Row<Change> { Row(name, change) }

  /// A mask with its affine changed.
  private static func moved(_ change: (inout Affine) -> Void) -> Mask {
    var affine = scan.affine
    change(&affine)
    return Mask(geometry: Geometry(shape: scan.shape, affine: affine), voxels: mask.voxels)
  }

  static let near: [Row<Change>] = [
    row("single precision") { $0.origin.x += 1e-5 },
    row("rounded to two decimals") { $0.k.y += 0.005 },
    row("a hundredth of a millimetre") { $0.origin.x += 0.01 },
    row("half a voxel") { $0.origin += $0.i * 0.5 },
    row("a third of a slice") { $0.origin += $0.k * 0.33 },
    row("a voxel size that is slightly wrong") { $0.i *= 1.05 },
    row("a small turn") { $0.i.y += 0.1 },
  ]

  @Test(arguments: near)
  func headersMayDifferByHalfAVoxel(row: Row<Change>) throws {
    let other = Self.moved(row.body)
    for orientation in Self.orientations {
      #expect(try Self.paired(orientation.apply(other)) == Self.mask)
    }
    // The nearest voxels are those of the same indices.
    #expect(
      try Resample.nearest(other, to: Self.scan).voxels == Self.mask.voxels || row.name == "half a voxel")
  }

  static let far: [Row<Change>] = [
    row("one voxel") { $0.origin += $0.i },
    row("0.6 of a slice") { $0.origin += $0.k * 0.6 },
    row("an axis that is mirrored in the header only") { $0.i *= -1 },
    row("LPS for RAS") { affine in
      affine.i *= SIMD3(-1, -1, 1)
      affine.j *= SIMD3(-1, -1, 1)
      affine.k *= SIMD3(-1, -1, 1)
      affine.origin *= SIMD3(-1, -1, 1)
    },
    row("two axes that are swapped in the header only") { ($0.i, $0.j) = ($0.j, $0.i) },
    row("another voxel size") { $0.k *= 0.5 },
    row("a turn") { $0.i.y -= 0.5 },
    row("no affine") { $0 = .identity },
  ]

  @Test(arguments: far)
  func contradictionsAreRefusedWithBothAffines(row: Row<Change>) throws {
    let other = Self.moved(row.body)
    let problem = try problem { try Self.paired(other) }
    #expect(problem.kind == .badData && problem.location == "mask.nii.gz")
    #expect(problem.what.contains("lesion mask and image contradict each other by "))
    #expect(problem.what.contains("[-0.99 0.20 0 40; 0.10 1.98 -0.30 -60; 0 0.10 5 20]"), "\(problem.what)")
    #expect(problem.what.filter { $0 == "[" }.count == 2)
    #expect(problem.advice.contains("--mask-pairing voxels") && problem.advice.contains("mask_pairing"))
    #expect(try Self.paired(other, by: .voxels) == Self.mask)
  }

  @Test(arguments: MaskPairing.allCases)
  func anotherShapeIsRefused(pairing: MaskPairing) throws {
    let thinner = Mask(geometry: Geometry(shape: [6, 5, 3], affine: Self.scan.affine), repeating: 1)
    let problem = try problem { try Self.paired(thinner, by: pairing) }
    #expect(problem.what == "lesion mask and image differ in shape: [6, 5, 3] and [6, 5, 4]")
  }
}
