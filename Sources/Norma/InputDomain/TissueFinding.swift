extension InputDomain.Finding {
  /// Grey over white matter: 1.003 to 1.085 in 19 FLAIR scans, 0.715 to 0.945 in 11 T1-weighted ones.
  private static let flair = 0.975...1.2

  /// Whether the ratio of grey to white matter is that of a FLAIR.
  init(greyToWhite: Double) {
    self.init(
      range: InputDomain.Range(
        name: "brightness of grey over white matter", unit: "", low: Self.flair.lowerBound,
        high: Self.flair.upperBound),
      value: greyToWhite, isInside: Self.flair.contains(greyToWhite), reference: "FLAIR scans")
  }
}
