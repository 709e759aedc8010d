import Cohort
package import Foundation
public import Preprocessing

/// The results of a segmented case for tables and pages.
public struct CaseResult: Codable, Sendable {
  /// The regions, largest first.
  public let lesions: [Lesion]
  /// Remarks for the reader, in sentences.
  public let notes: [String]
  /// The steps before scoring.
  public let preprocessing: PreprocessingRecord
  /// The scan's intensities beside those of the training scans; nil if the bundle does not know the latter.
  public let intensity: InputDomain.IntensityComparison?
  /// The volume of the brain that was scored, in mL.
  public let scoredVolumeML: Double
  /// The fraction of the brain that was scored.
  public var scoredFraction = 1.0
  /// The fraction of white matter that is in a region; nil if the tissues are unknown.
  public var whiteMatterShare: Double?

  /// The volume of all regions in mL.
  public var lesionVolumeML: Double { lesions.reduce(0) { $0 + $1.volumeMM3 } / 1000 }

  /// The notes as one text; empty without any.
  public var message: String { notes.joined(separator: " ") }
}

/// The file that a finished case keeps for tables and pages of later runs.
package struct CaseRecord: Codable, Sendable {
  /// All files of the case, relative to the output folder.
  let files: [String]
  package let result: CaseResult
  /// The seconds that the case took; nil in a BIDS data set, where no file depends on the time.
  let seconds: Double?
}

extension CaseRecord {
  /// The record of a case; nil if there is none or it cannot be read.
  package init?(of caseID: String, in output: URL) {
    self.init(json: output.appendingPathComponent(CaseFiles(caseID: caseID).record))
  }

  /// Whether all files of the case are there.
  func isComplete(in output: URL) -> Bool {
    files.allSatisfy { FileManager.default.fileExists(atPath: output.appendingPathComponent($0).path) }
  }
}
