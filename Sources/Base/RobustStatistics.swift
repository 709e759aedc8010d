/// Order statistics in linear time; the array is reordered.
package enum RobustStatistics {
  /// Median (mean of the two middle values for an even count) and 1.4826 x median absolute deviation.
  package static func medianAndDeviation(of values: [Float]) -> (median: Float, deviation: Float) {
    var work = values
    let centre = median(&work)
    for index in work.indices { work[index] = abs(work[index] - centre) }
    return (centre, 1.4826 * median(&work))
  }

  package static func median(_ values: inout [Float]) -> Float { quantile(0.5, of: &values) }

  /// Quantile with linear interpolation, as NumPy's default.
  package static func quantile(_ fraction: Double, of values: inout [Float]) -> Float {
    precondition(!values.isEmpty, "a quantile needs values")
    let position = fraction * Double(values.count - 1)
    let lower = Int(position)
    let low = select(lower, in: &values)
    guard position > Double(lower) else { return low }
    // After selection everything behind `lower` is at least as large.
    let high = values[(lower + 1)...].min() ?? low
    return low + Float(position - Double(lower)) * (high - low)
  }

  /// The value that would stand at `rank` after sorting (quickselect, median of three).
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

/// The cumulative distribution of some values.
package struct Ranks {
  private let sorted: [Float]

  package init(of values: [Float]) { sorted = values.sorted() }

  /// Whether there is more than one value.
  package var isVaried: Bool { sorted.first != sorted.last }

  /// The share of the values that do not exceed `value`.
  package subscript(_ value: Float) -> Float {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > value { high = middle } else { low = middle + 1 }
    }
    return Float(low) / Float(sorted.count)
  }
}

extension [Double] {
  /// Quantile of ascending values with linear interpolation, as NumPy's default; there must be a value.
  package func quantile(_ fraction: Double) -> Double {
    let position = fraction * Double(count - 1), index = Int(position)
    guard index + 1 < count else { return self[count - 1] }
    return self[index] + (position - Double(index)) * (self[index + 1] - self[index])
  }
}
