import Cohort
public import Foundation
import Volumes

/// The average head from which simulated heads are deformed: tissue fractions on a grid in world space.
public struct SimulatedTemplate: Sendable {
  /// The fractions of grey matter (x), white matter (y), brain (z); the distance to the ventricles in mm (w).
  let tissues: Lattice
  /// The direction away from the ventricles (x, y, z), which fades with distance. Sampling the template
  /// against this direction enlarges the ventricles.
  let ventriclePull: Lattice

  /// Reads the ICBM152 2009a maps `mni_icbm152_{t1,gm,wm}_tal_nlin_sym_09a_converted.nii.gz` of a folder.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` or `VolumeError` for a map that cannot be read,
  ///   ``SimulationError/unequalTemplateGrids(_:)`` if their grids differ.
  public init(folder: URL) throws {
    let files = TemplateFiles(folder: folder)
    let brain = try files.read(.t1)
    let grey = try files.read(.greyMatter)
    let white = try files.read(.whiteMatter)
    guard brain.geometry == grey.geometry, brain.geometry == white.geometry else {
      throw SimulationError.unequalTemplateGrids(folder)
    }
    let shape = brain.geometry.shape
    let origin = brain.geometry.affine.apply([0, 0, 0])
    self.init(
      shape: SIMD3(shape[0], shape[1], shape[2]),
      origin: Point(Float(origin.x), Float(origin.y), Float(origin.z)), spacing: 1
    ) { i in
      let inside = brain.voxels[i] > 0
      // The maps are probabilities, coded as 0...255.
      return inside ? (grey.voxels[i] / 255, white.voxels[i] / 255, 1) : (0, 0, 0)
    }
  }

  /// Creates a template from the fractions of grey matter, white matter and brain at each voxel.
  init(
    shape: SIMD3<Int>, origin: Point, spacing: Float,
    fractions: (Int) -> (grey: Float, white: Float, brain: Float)
  ) {
    var tissues = Lattice(shape: shape, origin: origin, spacing: spacing, values: [])
    var fluid = [UInt8](repeating: 0, count: tissues.count)
    tissues.values = fluid.indices.map { i in
      let voxel = fractions(i)
      fluid[i] = voxel.brain - voxel.grey - voxel.white > 0.5 ? 1 : 0
      return SIMD4(voxel.grey, voxel.white, voxel.brain, 0)
    }
    // The lateral ventricles are the fluid that is connected to these points.
    let seeds = [Point(-10, 0, 20), Point(10, 0, 20)].map { seed -> Int in
      let voxel = ((seed - origin) / spacing).rounded(.toNearestOrAwayFromZero)
      return tissues.index(Int(voxel.x), Int(voxel.y), Int(voxel.z))
    }
    let distance = Mask(geometry: tissues.geometry, voxels: fluid)
      .connected(to: seeds).chamferDistance(limit: 60)
    for i in tissues.values.indices { tissues.values[i].w = distance.voxels[i] }
    self.tissues = tissues
    ventriclePull = SimulatedTemplate.ventriclePull(tissues)
  }

  private static func ventriclePull(_ tissues: Lattice) -> Lattice {
    let reach: Float = 4
    var pull = tissues.coarsened(spacing: max(4, tissues.spacing))
    for z in 0..<pull.shape.z {
      for y in 0..<pull.shape.y {
        for x in 0..<pull.shape.x {
          let point = pull.position(x, y, z)
          func slope(_ step: Point) -> Float {
            (tissues.value(point + step).w - tissues.value(point - step).w) / (2 * reach)
          }
          let gradient = Point(slope([reach, 0, 0]), slope([0, reach, 0]), slope([0, 0, reach]))
          pull.values[pull.index(x, y, z)] =
            SIMD4(gradient, 0) * (1 - smoothstep(0, 30, tissues.value(point).w))
        }
      }
    }
    return pull
  }
}
