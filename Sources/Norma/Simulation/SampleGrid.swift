import Volumes

/// The voxel grid of a simulated scan, which tiles the field of view of the template.
struct SampleGrid: Sendable {
  let shape: SIMD3<Int>
  let voxelSize: Point
  /// The centre of the first voxel in world mm.
  let origin: Point
  /// The number of sample points per voxel along each axis, which are averaged.
  let samples: SIMD3<Int>

  /// Creates the grid. Throws ``SimulationError/noSlices`` if no slice has its centre in `zRange`.
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

  func centre(_ x: Int, _ y: Int, _ z: Int) -> Point {
    origin + voxelSize * Point(Float(x), Float(y), Float(z))
  }

  /// The positions of the sample points relative to the centre of the voxel, in mm.
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
