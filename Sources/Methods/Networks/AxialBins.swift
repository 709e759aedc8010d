import Foundation

/// Equally spaced axial bins over the height of the template's brain.
package struct AxialBins: Sendable {
  /// Template-space z in mm of the lowest and the highest bin.
  private static let range = -81.0...90.0

  /// The distance of the bins in mm.
  let spacing: Double
  /// The standard deviation in mm of the weight with which a bin lends its slices to another z.
  let smoothing: Double

  var count: Int { Int((Self.range.upperBound - Self.range.lowerBound) / spacing) + 1 }

  /// 1 for the bin nearest to z, 0 for the others; all 0 where z is unknown.
  func membership(of z: Double?) -> [Float] {
    let nearest = z.map { (($0 - Self.range.lowerBound) / spacing).rounded() }
    return (0..<count).map { Double($0) == nearest ? 1 : 0 }
  }

  /// The weight with which each bin lends its slices to a slice at z, at most 1; all 1 where z is unknown.
  func kernel(around z: Double?) -> [Float] {
    guard let z else { return Array(repeating: 1, count: count) }
    return (0..<count).map { bin in
      let distance = Self.range.lowerBound + Double(bin) * spacing - z
      return Float(exp(-distance * distance / (2 * smoothing * smoothing)))
    }
  }
}
