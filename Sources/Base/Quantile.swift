/// The position of a quantile among values: a rank in ascending order, from which to go on to the next rank
/// by a weight. This is the linear interpolation that NumPy does by default.
struct QuantilePosition {
  let rank: Int
  /// 0 or more, less than 1.
  let weight: Double

  /// `fraction` is 0 to 1; there must be a value.
  init(_ fraction: Double, count: Int) {
    precondition(count > 0, "a quantile needs values")
    let position = fraction * Double(count - 1)
    rank = Int(position)
    weight = position - Double(rank)
  }
}

extension RandomAccessCollection<Double> {
  /// The quantile of ascending values, linearly interpolated; there must be a value.
  package func quantile(_ fraction: Double) -> Double {
    let position = QuantilePosition(fraction, count: count)
    let lower = index(startIndex, offsetBy: position.rank)
    guard position.weight > 0 else { return self[lower] }
    return self[lower] + position.weight * (self[index(after: lower)] - self[lower])
  }
}
