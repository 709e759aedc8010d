import Base
import Volumes

/// The deformation of a head within the axial plane, the same for all slices of a slab: for each pixel its
/// source in the anatomy.
struct SliceWarp {
  /// The upper left of the four source pixels, and the nearest one.
  let corner, nearest: [Int32]
  /// The weights of the four source pixels: left and right, lower and upper row.
  private let weights: [SIMD4<Float>]

  /// Draws a deformation; `anatomy` and `slice` say where the ventricles are.
  init(
    _ settings: SynthesisSettings.Shape, anatomy: Anatomy, slice: Int, random: inout SeededGenerator
  ) {
    let side = SyntheticSlice.side, spacing = Float(Anatomy.grid.spacing.x)
    let mirror: Float = random.chance(Float(settings.mirror)) ? -1 : 1
    let limit = Float(settings.rotation) * .pi / 180
    let sine = random.uniform(-limit...limit)
    let cosine = (1 - sine * sine).squareRoot()
    let stretchX = 1 / random.uniform(settings.scale), stretchY = 1 / random.uniform(settings.scale)
    let shift = Float(settings.shift) / spacing
    let shiftX = random.uniform(-shift...shift), shiftY = random.uniform(-shift...shift)
    let displacement = Displacement(amount: random.uniform(settings.elastic) / spacing, random: &random)
    let pull = VentriclePull(
      anatomy, slice: slice, amount: random.uniform(settings.ventricles) / spacing)
    let centre = Float(side - 1) / 2, last = Float(side - 1) - 1e-3
    var corner = [Int32](repeating: 0, count: side * side), nearest = corner
    var weights = [SIMD4<Float>](repeating: .zero, count: side * side)
    for y in 0..<side {
      for x in 0..<side {
        let i = y * side + x
        let u = mirror * (Float(x) - centre), v = Float(y) - centre
        var sourceX = cosine * stretchX * u - sine * stretchY * v + centre + shiftX + displacement.x[i]
        var sourceY = sine * stretchX * u + cosine * stretchY * v + centre + shiftY + displacement.y[i]
        let (pullX, pullY) = pull.at(sourceX, sourceY)
        sourceX = min(max(sourceX - pullX, 0), last)
        sourceY = min(max(sourceY - pullY, 0), last)
        let (left, low) = (Int(sourceX), Int(sourceY))
        let (tx, ty) = (sourceX - Float(left), sourceY - Float(low))
        corner[i] = Int32(low * side + left)
        nearest[i] = Int32((low + (ty > 0.5 ? 1 : 0)) * side + left + (tx > 0.5 ? 1 : 0))
        weights[i] = [(1 - tx) * (1 - ty), tx * (1 - ty), (1 - tx) * ty, tx * ty]
      }
    }
    (self.corner, self.nearest, self.weights) = (corner, nearest, weights)
  }

  /// Writes a slice of the anatomy with linear interpolation: source x scale.
  func write(_ values: [UInt8], slice: Int, scale: Float, to out: UnsafeMutablePointer<Float>) {
    values.withUnsafeBytes { interpolate($0, sign: 0, slice: slice, scale: scale, to: out) }
  }

  /// Writes a slice of signed values.
  func write(_ values: [Int8], slice: Int, scale: Float, to out: UnsafeMutablePointer<Float>) {
    values.withUnsafeBytes { interpolate($0, sign: 0x80, slice: slice, scale: scale, to: out) }
  }

  /// With the sign bit flipped a signed byte is an unsigned one that is 128 too large.
  private func interpolate(
    _ values: UnsafeRawBufferPointer, sign: UInt8, slice: Int, scale: Float,
    to out: UnsafeMutablePointer<Float>
  ) {
    guard let first = values.baseAddress else { return }
    let side = SyntheticSlice.side, source = first + slice * SyntheticSlice.area
    func value(_ i: Int) -> Float { Float(source.load(fromByteOffset: i, as: UInt8.self) ^ sign) }
    corner.withUnsafeBufferPointer { corner in
      weights.withUnsafeBufferPointer { weights in
        for i in 0..<SyntheticSlice.area {
          let first = Int(corner[i])
          let four = SIMD4(value(first), value(first + 1), value(first + side), value(first + side + 1))
          out[i] = scale * ((four * weights[i]).sum() - Float(sign))
        }
      }
    }
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

/// A displacement away from the ventricles, which fades with distance.
private struct VentriclePull {
  private let distance: ArraySlice<UInt8>
  private let amount: Float

  init(_ anatomy: Anatomy, slice: Int, amount: Float) {
    distance = anatomy.ventricleDistance[slice * SyntheticSlice.area..<(slice + 1) * SyntheticSlice.area]
    self.amount = amount
  }

  func at(_ x: Float, _ y: Float) -> (Float, Float) {
    let side = SyntheticSlice.side, reach = 3
    let column = Int(x), row = Int(y)
    guard amount != 0, (reach..<side - reach).contains(column), (reach..<side - reach).contains(row) else {
      return (0, 0)
    }
    let i = distance.startIndex + row * side + column
    let quarters = Float(distance[i])
    // No pull from 30 mm.
    guard quarters < 120 else { return (0, 0) }
    func slope(_ step: Int) -> Float { Float(distance[i + reach * step]) - Float(distance[i - reach * step]) }
    let scale = amount * (1 - quarters / 120) / (4 * 1.5 * Float(2 * reach))
    return (slope(1) * scale, slope(side) * scale)
  }
}
