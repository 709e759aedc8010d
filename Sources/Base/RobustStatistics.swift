/// Order statistics in linear time.
package enum RobustStatistics {
  /// The median and 1.4826 x the median absolute deviation.
  package static func medianAndDeviation(of values: [Float]) -> (median: Float, deviation: Float) {
    var work = values
    let centre = quantile(0.5, of: &work)
    for index in work.indices { work[index] = abs(work[index] - centre) }
    return (centre, 1.4826 * quantile(0.5, of: &work))
  }

  /// The quantile of values in any order, which are reordered; see ``QuantilePosition``.
  package static func quantile(_ fraction: Double, of values: inout [Float]) -> Float {
    let position = QuantilePosition(fraction, count: values.count)
    let low = select(position.rank, in: &values)
    guard position.weight > 0 else { return low }
    // After the selection all values behind the rank are at least as large.
    let high = values[(position.rank + 1)...].min() ?? low
    return low + Float(position.weight) * (high - low)
  }

  /// The value that sorting would put at `rank` (quickselect, median of three).
  private static func select(_ rank: Int, in values: inout [Float]) -> Float {
    values.withUnsafeMutableBufferPointer { v in
      var low = 0, high = v.count - 1
      while low < high {
        let middle = low + (high - low) / 2
        if v[middle] < v[low] { v.swapAt(middle, low) }
        if v[high] < v[low] { v.swapAt(high, low) }
        if v[high] < v[middle] { v.swapAt(high, middle) }
        let pivot = v[middle]
        var i = low, j = high
        while i <= j {
          while v[i] < pivot { i += 1 }
          while v[j] > pivot { j -= 1 }
          if i <= j {
            v.swapAt(i, j)
            i += 1
            j -= 1
          }
        }
        if rank <= j { high = j } else if rank >= i { low = i } else { break }
      }
      return v[rank]
    }
  }
}
