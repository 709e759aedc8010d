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

  @Test(.enabled(if: isThere, "no template: run Scripts/bootstrap"), arguments: places)
  func contentTellsThePlace(
    row: Row<(levels: ClosedRange<Double>, shift: SIMD3<Double>, isInPlace: Bool)>
  ) throws {
    let template = try Self.template.get(), (levels, shift, isInPlace) = row.body
    var grid = template.brain.geometry
    // The negative of a T1-weighted scan, on voxels of 3 mm.
    grid = grid.isotropic(spacing: 3, around: grid.box)
    let image = try Resample.alongAxes(template.brain, to: grid)
    var brain = try Resample.nearest(template.mask, to: grid)
    for index in brain.voxels.indices
    where !levels.contains(grid.world(ofVoxel: SIMD3<Double>(brain.voxel(at: index))).z) {
      brain.voxels[index] = 0
    }
    var affine = grid.affine
    affine.origin += shift
    let placed = Geometry(shape: grid.shape, affine: affine)
    let agreement = try TemplateAgreement(
      Volume(geometry: placed, voxels: zip(image.voxels, brain.voxels).map { $1 == 0 ? 0 : 200 - $0 }),
      brain: Mask(geometry: placed, voxels: brain.voxels), template: template)
    #expect(agreement.isInPlace == isInPlace, "\(agreement)")
  }
}
