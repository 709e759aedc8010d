/// The rules that turn the anomaly maps of a cohort into regions.
public struct ThresholdChoice: Hashable, Sendable {
  /// The rule of all cases without a threshold of their own.
  public let common: RegionRule
  /// The plain thresholds of single cases, by case name.
  public let byCase: [String: Double]
  /// The source of the common rule in the bundle; nil for a given value.
  public let source: ThresholdSource?
  /// The false regions per brain that the common rule allows; nil for a plain threshold.
  public let falseRegions: Double?

  /// Given thresholds.
  public init(_ common: Double, byCase: [String: Double] = [:], minimumVolume: Double? = nil) {
    self.common = RegionRule(extent: common, minimumVolume: minimumVolume)
    (self.byCase, source, falseRegions) = (byCase, nil, nil)
  }

  /// What a user asks of a bundle; a nil value means the bundle's own.
  package struct Request {
    /// Nil: false regions for volumes of a bundle that has measured them, else a rate of voxels.
    package var source: ThresholdSource?
    package var rate: Double?
    package var falseRegions: Double?
    package var minimumVolume: Double?

    package init(
      source: ThresholdSource? = nil, rate: Double? = nil, falseRegions: Double? = nil,
      minimumVolume: Double? = nil
    ) {
      (self.source, self.rate) = (source, rate)
      (self.falseRegions, self.minimumVolume) = (falseRegions, minimumVolume)
    }
  }

  /// The thresholds of a table; where it has no common one, the rule that a user asks of a calibration.
  ///
  /// - Throws: A ``Problem`` if the calibration has none.
  package init(
    _ table: ThresholdTable = ThresholdTable(), or calibration: Calibration, request: Request,
    configuration: Configuration, areVolumes: Bool
  ) throws {
    byCase = table.ofCases
    let settings = configuration.calibration
    let count = request.falseRegions ?? settings.falseRegions
    let minimum = request.minimumVolume ?? configuration.scoring.minimumLesionSize
    if let given = table.ofOthers {
      common = RegionRule(extent: given, minimumVolume: request.minimumVolume)
      (source, falseRegions) = (nil, nil)
      return
    }
    let usual =
      areVolumes && (try? calibration.regions?.peak(atFalseRegions: count, minimumVolume: minimum)) != nil
    let source = request.source ?? (usual ? ThresholdSource.falseRegions : .fpr)
    self.source = source
    guard source == .falseRegions else {
      let threshold = try calibration.threshold(from: source, rate: request.rate ?? settings.defaultRate)
      (common, falseRegions) = (RegionRule(extent: threshold, minimumVolume: request.minimumVolume), nil)
      return
    }
    let regions = try calibration.regions(ofVolumes: areVolumes)
    common = RegionRule(
      extent: regions.extent, peak: try regions.peak(atFalseRegions: count, minimumVolume: minimum),
      minimumVolume: request.minimumVolume)
    falseRegions = count
  }

  /// Returns the rule of a case.
  public func rule(of caseID: String) -> RegionRule {
    byCase[caseID].map { RegionRule(extent: $0, minimumVolume: common.minimumVolume) } ?? common
  }
}
