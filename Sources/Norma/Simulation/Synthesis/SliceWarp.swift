import Base
import Volumes

/// One slice of a deformed head: for each pixel its source in the anatomy.
struct SliceWarp {
  /// The slice of the anatomy.
  private let slice: Int
  /// The upper left of the four source pixels.
  private let corner: [Int32]
  /// The weights of the four source pixels: left and right, lower and upper row.
  private let weights: [SIMD4<Float>]

  /// `source` gives the source of a pixel in a slice of the anatomy, in pixels.
  init(slice: Int, source: (Int) -> SIMD2<Float>) {
    self.slice = slice
    var corner = [Int32](repeating: 0, count: SyntheticSlice.area)
    var weights = [SIMD4<Float>](repeating: .zero, count: SyntheticSlice.area)
    for i in 0..<SyntheticSlice.area {
      let source = source(i)
      let (left, low) = (Int(source.x), Int(source.y))
      let (tx, ty) = (source.x - Float(left), source.y - Float(low))
      corner[i] = Int32(low * SyntheticSlice.side + left)
      weights[i] = [(1 - tx) * (1 - ty), tx * (1 - ty), (1 - tx) * ty, tx * ty]
    }
    (self.corner, self.weights) = (corner, weights)
  }

  /// Writes values of the anatomy with linear interpolation: source x scale.
  func write(_ values: [UInt8], scale: Float, to out: UnsafeMutablePointer<Float>) {
    values.withUnsafeBytes { interpolate($0, sign: 0, scale: scale, to: out) }
  }

  /// Writes signed values.
  func write(_ values: [Int8], scale: Float, to out: UnsafeMutablePointer<Float>) {
    values.withUnsafeBytes { interpolate($0, sign: 0x80, scale: scale, to: out) }
  }

  /// With the sign bit flipped a signed byte is an unsigned one that is 128 too large.
  private func interpolate(
    _ values: UnsafeRawBufferPointer, sign: UInt8, scale: Float, to out: UnsafeMutablePointer<Float>
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
