import Base

/// Otsu's threshold (1979), which maximises the variance between the two classes that it separates.
package enum Otsu {
  private static let bins = 256
  // The histogram ends at this quantile: a few very bright voxels would leave a single bin for all others.
  private static let brightest = 0.995

  /// The threshold of finite values; nil where they are all the same.
  package static func threshold(of values: [Float]) -> Float? {
    var work = values
    guard let low = values.min() else { return nil }
    let high = RobustStatistics.quantile(brightest, of: &work)
    guard high > low else { return nil }
    let width = (high - low) / Float(bins)
    var histogram = [Double](repeating: 0, count: bins)
    for value in values { histogram[min(Int((value - low) / width), bins - 1)] += 1 }

    let total = Double(values.count)
    let sum = histogram.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    var (below, sumBelow, best, threshold) = (0.0, 0.0, -1.0, low)
    for bin in 0..<bins - 1 {
      below += histogram[bin]
      sumBelow += Double(bin) * histogram[bin]
      guard below > 0, below < total else { continue }
      let distance = sumBelow / below - (sum - sumBelow) / (total - below)
      let between = below * (total - below) * distance * distance
      if between > best { (best, threshold) = (between, low + Float(bin + 1) * width) }
    }
    return threshold
  }
}
