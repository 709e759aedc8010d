import Base
import Cohort
import Foundation

/// `check.json`: what a check of a scanner found in all its scans.
public struct ScannerCheckSummary: Encodable, Sendable {
  /// One scan.
  public struct Case: Encodable, Sendable {
    /// The name of the case.
    public let caseID: String
    /// The scan, relative to the output folder.
    public let image: String
    /// The cause of a failure; nil if there is a result.
    public let message: String?
    /// What was found; nil if the case failed.
    public let result: ScannerCheckResult?
  }

  /// The version of Norma.
  public let normaVersion: String
  /// The name of the bundle.
  public let bundle: String
  /// The thresholds of the regions.
  public let extent: Double
  /// The peak threshold; nil for a plain threshold.
  public let peak: Double?
  /// The lesions that were asked for.
  public let settings: ScannerCheckSettings
  /// All lesions, then by diameter, by contrast, by place, and by diameter and contrast.
  public let sensitivity: [ScannerCheckSensitivity]
  /// The scans in their order.
  public let cases: [Case]

  /// The name of the file.
  public static let fileName = "check.json"

  init(
    _ rows: [ScannerCheck.Row], bundle: BundleDescription, rule: RegionRule, settings: ScannerCheckSettings,
    output: URL
  ) {
    normaVersion = NormaVersion.current
    (self.bundle, extent, peak, self.settings) = (bundle.name, rule.extent, rule.peak, settings)
    cases = rows.map { row in
      Case(
        caseID: row.scan.id, image: row.scan.image.path(relativeTo: output),
        message: row.problem?.sentence(about: row.scan.image), result: try? row.outcome.get())
    }
    sensitivity = ScannerCheckSensitivity.table(of: cases.flatMap { $0.result?.lesions ?? [] })
  }

  func write(to output: URL) throws {
    try AtomicFile.write(json: self, to: output.appendingPathComponent(Self.fileName))
  }
}
