/// The thresholds that turn the anomaly maps of a cohort into masks.
public struct ThresholdChoice: Hashable, Sendable {
  /// The threshold of all cases without one of their own.
  public let common: Double
  /// The thresholds of single cases, by case name.
  public let byCase: [String: Double]
  /// The source of the common threshold in the bundle; nil for a given value.
  public let source: ThresholdSource?

  /// Given thresholds.
  public init(_ common: Double, byCase: [String: Double] = [:]) {
    (self.common, self.byCase, source) = (common, byCase, nil)
  }

  /// The thresholds of a table; without a common one, that of a bundle's calibration.
  ///
  /// - Parameters:
  ///   - table: Thresholds by case, and perhaps one for all other cases.
  ///   - calibration: The calibration of the bundle.
  ///   - source: How the bundle's threshold was measured.
  ///   - rate: The false-positive rate of ``ThresholdSource/fpr``.
  /// - Throws: A ``Problem`` of kind `usage` if the calibration has none of this source and rate.
  package init(
    _ table: ThresholdTable = ThresholdTable(), or calibration: Calibration, source: ThresholdSource = .fpr,
    rate: Double
  ) throws {
    common = try table.ofOthers ?? calibration.threshold(from: source, rate: rate)
    byCase = table.ofCases
    self.source = table.ofOthers == nil ? source : nil
  }

  /// Returns the threshold of a case.
  public func threshold(of caseID: String) -> Double { byCase[caseID] ?? common }
}
