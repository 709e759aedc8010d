import Base
package import Foundation

/// `segmentation.json`: how the maps of an output folder were made, for whoever evaluates them.
package struct SegmentationRecord: Codable, Sendable {
  package let normaVersion: String
  package let bundle: String
  package let method: String
  package let threshold: Double
  /// Where the threshold comes from; nil where it was given as a value, and in older records.
  package let thresholdFrom: ThresholdSource?
  /// Thresholds of the bundle by healthy false-positive rate, as text: "0.01", "0.05", "0.1".
  package let thresholdsByRate: [String: Double]
  /// Regions below this size in mm³ are in no mask; nil in folders of older versions.
  package let minimumLesionSize: Double?
  /// Its other thresholds: "training-percentile-95", "-98", "-99", "labelled-validation"; nil in older records.
  package let thresholdsByName: [String: Double]?
  /// How often lesion-free voxels exceed a threshold, rate rising; nil in older records.
  package let healthyCurve: [Calibration.Point]?

  static let fileName = "segmentation.json"

  package init(bundle: ModelBundle, threshold: Double, from source: ThresholdSource? = nil) {
    normaVersion = NormaVersion.current
    self.bundle = bundle.description.name
    method = bundle.description.configuration.method
    self.threshold = threshold
    minimumLesionSize = bundle.description.configuration.scoring.minimumLesionSize
    thresholdFrom = source
    thresholdsByName = bundle.description.calibration.thresholdsByName
    healthyCurve = bundle.description.calibration.curve
    thresholdsByRate = Dictionary(
      uniqueKeysWithValues: Calibration.reportedRates.compactMap { rate in
        (try? bundle.description.calibration.threshold(atRate: rate)).map { ("\(rate)", $0) }
      })
  }

  package func write(to folder: URL) throws {
    try AtomicFile.write(json: self, to: folder.appendingPathComponent(Self.fileName))
  }

  /// The rates that older records have, as a curve.
  var reportedCurve: [Calibration.Point] {
    thresholdsByRate.compactMap { rate, threshold in
      Double(rate).map { Calibration.Point(rate: $0, threshold: threshold) }
    }.sorted { $0.rate < $1.rate }
  }

  /// Whether the thresholds are those of this calibration.
  func fits(_ calibration: Calibration) -> Bool {
    reportedCurve.allSatisfy { point in
      (try? calibration.threshold(atRate: point.rate)).map { abs($0 - point.threshold) < 1e-9 } == true
    }
  }

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
}
