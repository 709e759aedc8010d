import Base
package import Foundation

/// `segmentation.json`: how the maps of an output folder were made, for evaluation and viewer.
package struct SegmentationRecord: Codable, Sendable {
  package let normaVersion: String
  package let bundle: String
  package let method: String
  /// The threshold of all cases without one of their own.
  package let threshold: Double
  /// The source of the threshold in the bundle; nil for a given value.
  package let thresholdFrom: ThresholdSource?
  /// The bundle's thresholds by healthy false-positive rate, as text: "0.01", "0.05", "0.1".
  package let thresholdsByRate: [String: Double]
  /// The bundle's other thresholds: "training-percentile-95", "-98", "-99", "labelled-validation".
  package let thresholdsByName: [String: Double]
  /// The size in mm³ below which regions are dropped from the masks.
  package let minimumLesionSize: Double
  /// The fraction of lesion-free voxels above each threshold, rising.
  package let healthyCurve: [Calibration.Point]

  static let fileName = "segmentation.json"

  package init(bundle: ModelBundle, thresholds: ThresholdChoice) {
    let configuration = bundle.description.configuration, calibration = bundle.description.calibration
    normaVersion = NormaVersion.current
    self.bundle = bundle.description.name
    method = configuration.method
    (threshold, thresholdFrom) = (thresholds.common, thresholds.source)
    thresholdsByName = calibration.thresholdsByName
    thresholdsByRate = Dictionary(
      uniqueKeysWithValues: Calibration.reportedRates.compactMap { rate in
        (try? calibration.threshold(atRate: rate)).map { ("\(rate)", $0) }
      })
    minimumLesionSize = configuration.scoring.minimumLesionSize
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
