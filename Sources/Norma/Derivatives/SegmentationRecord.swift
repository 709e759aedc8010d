import Base
package import Foundation

/// `segmentation.json`: how the maps of an output folder were made, for evaluation and viewer.
package struct SegmentationRecord: Codable, Sendable {
  package let normaVersion: String
  package let bundle: String
  /// Where the bundle is from: "shipped with Norma" or its folder.
  package let bundleOrigin: String?
  package let method: String
  /// The threshold of all cases without one of their own; of regions with a peak their extent.
  package let threshold: Double
  /// The peak threshold of their regions; nil for a plain threshold.
  package let peakThreshold: Double?
  /// The false regions per brain that it allows; nil for a plain threshold.
  package let falseRegions: Double?
  /// The source of the threshold in the bundle; nil for a given value.
  package let thresholdFrom: ThresholdSource?
  /// The bundle's thresholds by rate of voxels, as text: "0.01", "0.05", "0.1".
  package let thresholdsByRate: [String: Double]
  /// The bundle's other thresholds: "training-percentile-95", "-98", "-99", "labelled-validation".
  package let thresholdsByName: [String: Double]
  /// The extent of the regions that the bundle has counted; nil for a bundle without counts.
  package let regionExtent: Double?
  /// Their peak thresholds by false regions per brain, as text: "0.5", "1", "2".
  package let peaksByFalseRegions: [String: Double]?
  /// The size in mm³ below which regions are dropped from the masks.
  package let minimumLesionSize: Double
  /// The brain that the bundle was calibrated on, such as "lesion-free scans of 5 participants" or
  /// "16 simulated lesion-free brains of 4 anatomies".
  package let calibratedOn: String?
  /// The fraction of its voxels above each threshold, rising.
  package let healthyCurve: [Calibration.Point]

  static let fileName = "segmentation.json"

  package init(bundle: ModelBundle, thresholds: ThresholdChoice) {
    let configuration = bundle.description.configuration, calibration = bundle.description.calibration
    normaVersion = NormaVersion.current
    self.bundle = bundle.description.name
    bundleOrigin = bundle.origin
    method = configuration.method
    let rule = thresholds.common
    (threshold, peakThreshold) = (rule.extent, rule.peak)
    (thresholdFrom, falseRegions) = (thresholds.source, thresholds.falseRegions)
    calibratedOn = bundle.description.calibrationBrain
    thresholdsByName = calibration.thresholdsByName
    thresholdsByRate = Dictionary(
      uniqueKeysWithValues: Calibration.reportedRates.compactMap { rate in
        (try? calibration.threshold(atRate: rate)).map { ("\(rate)", $0) }
      })
    let minimum = rule.minimumVolume ?? configuration.scoring.minimumLesionSize
    minimumLesionSize = minimum
    regionExtent = calibration.regions?.extent
    peaksByFalseRegions = calibration.regions.map { regions in
      Dictionary(
        uniqueKeysWithValues: regions.curve(minimumVolume: minimum).map {
          (String(format: "%g", $0.falseRegions), $0.peak)
        })
    }
    healthyCurve = calibration.curve
  }

  /// Reads the record of a folder.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is none, `badData` if it cannot be decoded.
  init(contentsOf folder: URL) throws {
    let file = folder.appendingPathComponent(Self.fileName)
    guard let data = try? Data(contentsOf: file) else {
      throw Problem(
        .missingInput, "the folder holds no segmentation", at: file.path,
        advice: "make one with norma segment -o DIR")
    }
    guard let record = try? JSONDecoder().decode(Self.self, from: data) else {
      throw Problem(
        .badData, "the record of the segmentation cannot be read", at: file.path, advice: "segment again")
    }
    self = record
  }

  /// Writes the record into the folder.
  package func write(to folder: URL) throws {
    try AtomicFile.write(json: self, to: folder.appendingPathComponent(Self.fileName))
  }
}
