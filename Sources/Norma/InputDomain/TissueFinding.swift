extension InputDomain.Finding {
  /// Grey over white matter was 1.003 to 1.085 in 19 FLAIR scans and 0.715 to 0.945 in 11 T1-weighted ones.
  private static let flair = 0.975...1.2

  /// Compares the intensity ratio of grey to white matter with that of FLAIR scans.
  init(greyToWhite: Double) {
    self.init(
      range: InputDomain.Range(
        name: "intensity of grey over white matter", unit: "", low: Self.flair.lowerBound,
        high: Self.flair.upperBound),
      value: greyToWhite, isInside: Self.flair.contains(greyToWhite), reference: "FLAIR scans")
  }
}
