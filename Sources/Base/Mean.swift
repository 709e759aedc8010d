extension [Double] {
  /// The mean; nil without values.
  package var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}
