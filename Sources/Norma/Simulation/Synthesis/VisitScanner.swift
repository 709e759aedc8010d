import Base
import Foundation
import Volumes

/// The position of a head and the scanner of one visit.
struct VisitScanner: Sendable {
  /// The map from template mm to scanner mm, and its inverse.
  private(set) var position, fromScanner: Affine
  /// The thickness of the slices in mm.
  private var thickness: Double
  /// The exponent of intensities relative to white matter: above 1 all tissues differ more.
  private var contrast: Float
  /// The standard deviation of the noise relative to white matter.
  private var noise: Float
  /// The intensity of white matter.
  private var unit: Float
  /// The coefficients of x, y, z and their squares in the logarithm of the shading.
  private var shading: [Float]
  /// The part of a voxel by which the grid is shifted.
  private var phase: SIMD3<Double>
  private var seed: UInt64

  private static let noises = [0.02, 0.05]
  private static let shadings: ClosedRange<Float> = -0.1...0.1

  /// Draws a scanner with slices of so many mm and a position of the head.
  init(thickness: Double, random: inout SeededGenerator) {
    self.thickness = thickness
    (contrast, noise, unit) = (1, random.logUniform(Self.noises), random.uniform(80...900))
    (position, fromScanner, phase) = (.identity, .identity, .zero)
    (shading, seed) = ([], 0)
    place(&random)
  }

  /// Returns the scanner of the next visit, in another position. Another scanner has other noise and contrast and
  /// slices of 0.6 to 1.6 times the thickness.
  func next(isOther: Bool, random: inout SeededGenerator) -> VisitScanner {
    var next = self
    next.place(&random)
    if isOther {
      next.thickness *= Double(random.logUniform([0.6, 1.6]))
      next.contrast = random.logUniform([0.8, 1.25])
      next.noise = random.logUniform(Self.noises)
      next.unit = random.uniform(80...900)
      next.shading = next.shading.map { 2 * $0 }
    }
    return next
  }

  /// Draws the position of the head and what depends on it.
  private mutating func place(_ random: inout SeededGenerator) {
    func draw(_ limit: Float) -> SIMD3<Double> {
      SIMD3(SIMD3((0..<3).map { _ in random.uniform(-limit...limit) }))
    }
    let turn = draw(6) * .pi / 180
    position = [0, 1, 2].reduce(Affine.identity) { Affine.turn(about: $1, by: turn[$1]).composed(with: $0) }
    position.origin = draw(8)
    // The transpose of the rotation.
    let columns = position.columns, shift = position.origin
    fromScanner = Affine(
      x: SIMD4(columns[0], -columns[0].dot(shift)), y: SIMD4(columns[1], -columns[1].dot(shift)),
      z: SIMD4(columns[2], -columns[2].dot(shift)))
    phase = draw(0.5)
    shading = (0..<6).map { _ in random.uniform(Self.shadings) }
    seed = random.next()
  }

  /// Measures a head with voxels of this size within the slices.
  func scan(_ object: VisitObject, voxelSize: [Double]) -> SimulatedVisits.Visit {
    let grid = grid(voxelSize)
    func measured(_ volume: Volume) -> [Float] {
      guard let result = try? Resample.averaged(volume.moved(by: position), to: grid) else {
        preconditionFailure("a rigid map")
      }
      return result.voxels
    }
    let brain = measured(object.brain), isBrain = brain.map { $0 > 0.5 }
    let signal = measured(object.signal.map { $0 > 0 ? pow($0, contrast) : 0 })
    var random = SeededGenerator(seed: seed)
    var flair = Volume(geometry: grid, repeating: 0)
    for index in isBrain.indices where isBrain[index] {
      let ideal = signal[index] / brain[index] * exponential(logShading(at: flair.voxel(at: index), of: grid))
      flair.voxels[index] = unit * max(abs(ideal + noise * random.normal()), .leastNormalMagnitude)
    }
    func mask(_ volume: Volume) -> Mask {
      Mask(
        geometry: grid, voxels: zip(measured(volume), isBrain).map { $0 > 0.5 && $1 ? 1 : 0 })
    }
    return SimulatedVisits.Visit(
      flair: flair, brain: Mask(geometry: grid, voxels: isBrain.map { $0 ? 1 : 0 }),
      lesions: mask(object.lesions), changes: mask(object.changes))
  }

  /// The grid along the axes of the scanner around the field of view of the anatomies.
  private func grid(_ voxelSize: [Double]) -> Geometry {
    let field = Anatomy.grid, size = SIMD3(voxelSize[0], voxelSize[1], thickness)
    let extent = field.spacing * SIMD3<Double>(SIMD3(field.shape))
    let counts = SIMD3<Int>((extent / size).rounded(.up)) &+ 1
    let middle = position.apply(field.world(ofVoxel: SIMD3<Double>(SIMD3(field.shape) &- 1) / 2))
    let first = middle - (SIMD3<Double>(counts &- 1) / 2 - phase) * size
    return Geometry(
      shape: (0..<3).map { counts[$0] },
      affine: Affine(diagonal: size, origin: first))
  }

  /// The logarithm of the shading, a parabola over the grid.
  private func logShading(at voxel: SIMD3<Int>, of grid: Geometry) -> Float {
    (0..<3).reduce(0) { sum, axis in
      let place = 2 * Float(voxel[axis]) / Float(max(grid.shape[axis] - 1, 1)) - 1
      return sum + shading[axis] * place + shading[axis + 3] * place * place
    }
  }
}

extension Affine {
  /// The rotation about a world axis by an angle in radians.
  fileprivate static func turn(about axis: Int, by angle: Double) -> Affine {
    var columns = Affine.identity.columns
    let (a, b) = ((axis + 1) % 3, (axis + 2) % 3)
    (columns[a][a], columns[a][b]) = (cos(angle), sin(angle))
    (columns[b][a], columns[b][b]) = (-sin(angle), cos(angle))
    return Affine(i: columns[0], j: columns[1], k: columns[2], origin: .zero)
  }
}
