import Volumes

/// The voxels of a simulated scan: boxes that tile the template's field of view.
struct SampleGrid: Sendable {
  let shape: SIMD3<Int>
  let voxelSize: Point
  /// Centre of the first voxel, world mm.
  let origin: Point
  /// Points at which a voxel is sampled along each axis, to average over its thickness.
  let samples: SIMD3<Int>

  /// Throws `SimulationError.noSlices` where no slice centre lies in `zRange`.
  init(covering template: Lattice, voxelSize: Point, zRange: ClosedRange<Double>?) throws {
    let corner = template.origin - template.spacing / 2
    let nodes = Point(Float(template.shape.x), Float(template.shape.y), Float(template.shape.z))
    let counts = (template.spacing * nodes / voxelSize).rounded(.down)
    let first = corner + voxelSize / 2
    let slices = (0..<Int(counts.z)).filter {
      zRange?.contains(Double(first.z + Float($0) * voxelSize.z)) ?? true
    }
    guard let lowest = slices.first, counts.min() >= 1 else { throw SimulationError.noSlices }
    shape = SIMD3(Int(counts.x), Int(counts.y), slices.count)
    origin = first + Point(0, 0, Float(lowest) * voxelSize.z)
    self.voxelSize = voxelSize
    let perAxis = (voxelSize / template.spacing).rounded(.toNearestOrAwayFromZero)
    samples = SIMD3(max(Int(perAxis.x), 1), max(Int(perAxis.y), 1), max(Int(perAxis.z), 1))
  }

  var geometry: Geometry {
    Geometry(
      shape: [shape.x, shape.y, shape.z],
      affine: Affine(
        i: SIMD3(Double(voxelSize.x), 0, 0), j: SIMD3(0, Double(voxelSize.y), 0),
        k: SIMD3(0, 0, Double(voxelSize.z)), origin: SIMD3<Double>(origin)))
  }

  func center(_ x: Int, _ y: Int, _ z: Int) -> Point {
    origin + voxelSize * Point(Float(x), Float(y), Float(z))
  }

  /// Positions of the sampled points relative to the centre of their voxel, mm.
  var sampleOffsets: [Point] {
    func offsets(_ count: Int, _ size: Float) -> [Float] {
      (0..<count).map { ((Float($0) + 0.5) / Float(count) - 0.5) * size }
    }
    return offsets(samples.z, voxelSize.z).flatMap { z in
      offsets(samples.y, voxelSize.y).flatMap { y in
        offsets(samples.x, voxelSize.x).map { x in Point(x, y, z) }
      }
    }
  }
}
