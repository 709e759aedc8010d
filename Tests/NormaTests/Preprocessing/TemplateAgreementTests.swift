import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Cohort
@testable import Preprocessing

/// Tests with the template itself as a scan.
@Suite struct TemplateAgreementTests {
  private static let folder = packageRoot.appending(path: ".deps/template")
  private static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }
  private static let template = Result { try Template(folder: folder) }

  static let places: [Row<(levels: ClosedRange<Double>, shift: SIMD3<Double>, isInPlace: Bool)>] = [
    Row("a brain", (-80...90, .zero, true)), Row("a brain a little off", (-80...90, SIMD3(2, -2, 3), true)),
    Row("a brain 45 mm too high", (-80...90, SIMD3(0, 0, 45), false)),
    Row("a brain 20 mm too low", (-80...90, SIMD3(0, 0, -20), false)),
    Row("a brain too far back", (-80...90, SIMD3(0, -25, 0), false)),
    Row("a brain far away", (-80...90, SIMD3(500, 0, 0), false)), Row("a slab", (8...30, .zero, true)),
    Row("a slab 12 mm too high", (8...30, SIMD3(0, 0, 12), false)),
    Row("a slab 20 mm too low", (8...30, SIMD3(0, 0, -20), false)), Row("the vertex", (55...90, .zero, true)),
  ]

  static let flips: [Row<(levels: ClosedRange<Double>, axis: Int, isInPlace: Bool)>] = [
    Row("left to right does not show", (-80...90, 0, true)), Row("front to back", (-80...90, 1, false)),
    Row("upside down", (-80...90, 2, false)), Row("a slab front to back", (8...30, 1, false)),
  ]

  @Test(.enabled(if: isThere, "no template: run Scripts/bootstrap"), arguments: flips)
  func aFlippedArrayIsNotInPlace(row: Row<(levels: ClosedRange<Double>, axis: Int, isInPlace: Bool)>) throws {
    let template = try Self.template.get(), (levels, axis, isInPlace) = row.body
    let box = try #require(template.mask.box)[axis], geometry = template.mask.geometry
    let sum = [box.lowerBound, box.upperBound - 1].reduce(0.0) { sum, index in
      sum + geometry.world(ofVoxel: SIMD3(repeating: Double(index)))[axis]
    }
    let agreement = try Self.agreement(template, levels: levels) { grid in
      // The box of the brain keeps its place.
      var sign = SIMD3(repeating: 1.0)
      sign[axis] = -1
      var affine = grid.affine
      (affine.i, affine.j, affine.k) = (affine.i * sign, affine.j * sign, affine.k * sign)
      affine.origin *= sign
      affine.origin[axis] += sum
      return affine
    }
    #expect(agreement.isInPlace == isInPlace, "\(agreement)")
  }

  @Test(.enabled(if: isThere, "no template: run Scripts/bootstrap"), arguments: places)
  func contentTellsThePlace(
    row: Row<(levels: ClosedRange<Double>, shift: SIMD3<Double>, isInPlace: Bool)>
  ) throws {
    let template = try Self.template.get(), (levels, shift, isInPlace) = row.body
    let agreement = try Self.agreement(template, levels: levels) { grid in
      var affine = grid.affine
      affine.origin += shift
      return affine
    }
    #expect(agreement.isInPlace == isInPlace, "\(agreement)")
  }

  /// Compares the template itself, between two levels and on another grid, with the template.
  private static func agreement(
    _ template: Template, levels: ClosedRange<Double>, affine: (Geometry) -> Affine
  ) throws -> TemplateAgreement {
    var grid = template.brain.geometry
    // The negative of a T1-weighted scan, on voxels of 3 mm.
    grid = grid.isotropic(spacing: 3, around: grid.box)
    let image = try Resample.alongAxes(template.brain, to: grid)
    var brain = try Resample.nearest(template.mask, to: grid)
    for index in brain.voxels.indices
    where !levels.contains(grid.world(ofVoxel: SIMD3<Double>(brain.voxel(at: index))).z) {
      brain.voxels[index] = 0
    }
    let placed = Geometry(shape: grid.shape, affine: affine(grid))
    return try TemplateAgreement(
      Volume(geometry: placed, voxels: zip(image.voxels, brain.voxels).map { $1 == 0 ? 0 : 200 - $0 }),
      brain: Mask(geometry: placed, voxels: brain.voxels), template: template)
  }
}
