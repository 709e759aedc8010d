import Base
import Volumes

/// The deformation of a head within the axial plane: all slices are turned, stretched, shifted and bent alike,
/// and the ventricles of each are widened.
struct HeadShape {
  let anatomy: Anatomy
  /// For each pixel its source in pixels, but for the ventricles.
  private let source: [SIMD2<Float>]
  /// How far the ventricles' walls move outwards, in pixels.
  private let widening: Float

  /// Draws a deformation.
  init(_ settings: SynthesisSettings.Shape, anatomy: Anatomy, random: inout SeededGenerator) {
    self.anatomy = anatomy
    let side = SyntheticSlice.side, spacing = Float(Anatomy.grid.spacing.x)
    let mirror: Float = random.chance(Float(settings.mirror)) ? -1 : 1
    let limit = Float(settings.rotation) * .pi / 180
    let sine = random.uniform(-limit...limit)
    let cosine = (1 - sine * sine).squareRoot()
    let stretchX = 1 / random.uniform(settings.scale), stretchY = 1 / random.uniform(settings.scale)
    let shift = Float(settings.shift) / spacing
    let shiftX = random.uniform(-shift...shift), shiftY = random.uniform(-shift...shift)
    let displacement = Displacement(amount: random.uniform(settings.elastic) / spacing, random: &random)
    widening = random.uniform(settings.ventricles) / spacing
    let centre = Float(side - 1) / 2
    source = (0..<SyntheticSlice.area).map { i in
      let u = mirror * (Float(i % side) - centre), v = Float(i / side) - centre
      return [
        cosine * stretchX * u - sine * stretchY * v + centre + shiftX + displacement.x[i],
        sine * stretchX * u + cosine * stretchY * v + centre + shiftY + displacement.y[i],
      ]
    }
  }

  /// Returns the slice of the anatomy at a position; beyond its ends the last one.
  static func slice(at position: Int) -> Int { min(max(position, 0), Anatomy.grid.shape[2] - 1) }

  /// Returns the deformation of a slice.
  func warp(ofSlice position: Int) -> SliceWarp {
    let slice = Self.slice(at: position)
    return anatomy.ventricleDistance.withUnsafeBufferPointer { distance in
      SliceWarp(slice: slice) { moved(source[$0], slice: slice, distance: distance) }
    }
  }

  /// Returns the voxel of the anatomy that is nearest to the source of a pixel in a slice.
  func voxel(of pixel: Int, inSlice position: Int) -> Int {
    let slice = Self.slice(at: position), source = source(of: pixel, inSlice: slice)
    return Self.voxel(source.rounded(.toNearestOrAwayFromZero), inSlice: slice)
  }

  /// Returns the tissue sets of a slice inside a brain mask; at the edge of the brain they contain
  /// ``Tissue/outside``, and beyond it nothing else.
  func tissues(ofSlice position: Int, inside mask: [Float]) -> [UInt8] {
    let slice = Self.slice(at: position), side = SyntheticSlice.side
    return mask.indices.map { i in
      guard mask[i] > 0 else { return 0 }
      let source = source(of: i, inSlice: slice)
      let nearest = anatomy.tissues[Self.voxel(source.rounded(.toNearestOrAwayFromZero), inSlice: slice)]
      guard nearest == 0 else { return nearest }
      let corner = Self.voxel(source.rounded(.down), inSlice: slice)
      let around = [0, 1, side, side + 1].reduce(0) { $0 | anatomy.tissues[corner + $1] }
      return around | Tissue.outside.bit
    }
  }

  private static func voxel(_ point: SIMD2<Float>, inSlice slice: Int) -> Int {
    slice * SyntheticSlice.area + Int(point.y) * SyntheticSlice.side + Int(point.x)
  }

  private func source(of pixel: Int, inSlice slice: Int) -> SIMD2<Float> {
    anatomy.ventricleDistance.withUnsafeBufferPointer { moved(source[pixel], slice: slice, distance: $0) }
  }

  /// Moves a source away from the walls of the ventricles, which fades with the distance to them.
  private func moved(
    _ source: SIMD2<Float>, slice: Int, distance: UnsafeBufferPointer<UInt8>
  ) -> SIMD2<Float> {
    let side = SyntheticSlice.side, reach = 3, last = Float(side - 1) - 1e-3
    let limited = { (point: SIMD2<Float>) in
      point.clamped(lowerBound: .zero, upperBound: SIMD2(repeating: last))
    }
    // Towards zero, so that a little outside is the first column.
    let column = Int(source.x), row = Int(source.y)
    guard widening != 0, (reach..<side - reach).contains(column), (reach..<side - reach).contains(row) else {
      return limited(source)
    }
    let i = slice * SyntheticSlice.area + row * side + column
    let quarters = Float(distance[i])
    // No pull from 30 mm.
    guard quarters < 120 else { return limited(source) }
    func slope(_ step: Int) -> Float { Float(distance[i + reach * step]) - Float(distance[i - reach * step]) }
    let scale = widening * (1 - quarters / 120) / (4 * 1.5 * Float(2 * reach))
    return limited(source - scale * SIMD2(slope(1), slope(side)))
  }
}

/// A smooth random displacement in pixels: cubic B-splines with knots 32 pixels apart.
private struct Displacement {
  let x, y: [Float]

  init(amount: Float, random: inout SeededGenerator) {
    x = Self.spline(amount: amount, random: &random)
    y = Self.spline(amount: amount, random: &random)
  }

  private static func spline(amount: Float, random: inout SeededGenerator) -> [Float] {
    let side = SyntheticSlice.side, spacing = 32, knots = side / spacing + 3
    // The spline has half the standard deviation of its coefficients.
    let coefficients = (0..<knots * knots).map { _ in 2 * amount * random.normal() }
    let taps = (0..<side).map { basis(Float($0 % spacing) / Float(spacing)) }
    var result = [Float](repeating: 0, count: side * side)
    var row = [Float](repeating: 0, count: knots)
    for y in 0..<side {
      for knot in 0..<knots {
        let first = y / spacing * knots + knot
        row[knot] = (0..<4).reduce(0) { $0 + taps[y][$1] * coefficients[first + $1 * knots] }
      }
      for x in 0..<side {
        let first = x / spacing, tap = taps[x]
        result[y * side + x] =
          tap[0] * row[first] + tap[1] * row[first + 1] + tap[2] * row[first + 2] + tap[3] * row[first + 3]
      }
    }
    return result
  }

  private static func basis(_ t: Float) -> SIMD4<Float> {
    let s = 1 - t
    let near = (4 - 6 * t * t + 3 * t * t * t) / 6, far = (4 - 6 * s * s + 3 * s * s * s) / 6
    return [s * s * s / 6, near, far, t * t * t / 6]
  }
}
