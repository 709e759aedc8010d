/// The empirical cumulative distribution of some values.
package struct Ranks {
  private let sorted: [Float]

  package init(of values: [Float]) { sorted = values.sorted() }

  /// Whether the values differ.
  package var isVaried: Bool { sorted.first != sorted.last }

  /// The fraction of the values that do not exceed `value`.
  package subscript(_ value: Float) -> Float {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > value { high = middle } else { low = middle + 1 }
    }
    return Float(low) / Float(sorted.count)
  }
}
