import Base
package import Cohort
package import Foundation

/// Segments the scans of a participant, each into files of its own.
package struct BIDSSegmentation {
  /// How a scan came to its row.
  package enum Outcome {
    case made(CohortSegmentation.Row)
    case wasThere, skipped
  }

  private let progress: BIDSProgress
  private let cohort: CohortSegmentation

  /// Results go into the data set of `progress`; preprocessed scans are kept in `work`, if given.
  package init(_ progress: BIDSProgress, segmenter: Segmenter, work: URL?) {
    self.progress = progress
    cohort = CohortSegmentation(
      preprocessing: progress.preprocessing, segmenter: segmenter, bundleName: progress.bundleName,
      threshold: progress.threshold, ownThresholds: progress.ownThresholds, exceedance: progress.exceedance,
      output: progress.dataset.folder,
      work: work)
  }

  /// Gives a row for each scan. `onRow` comes before the row is written: where it throws, the scan counts as not
  /// done. Throws only for what stops the whole run, such as a full disk.
  package func segment(
    _ participant: BIDSLayout.Participant, onRow: (ScanRow, Outcome) throws -> Void, shouldStop: () -> Bool
  ) throws {
    if participant.scans.isEmpty {
      try finish(ScanRow(skipped: participant), .skipped, onRow)
    }
    for scan in participant.scans {
      if shouldStop() {
        throw Problem(
          .interrupted, "interrupted before \(scan.scanCase.id)", at: progress.dataset.folder.path,
          advice: "run the command again for the rest; what has a row is complete")
      }
      if let row = progress.completedRow(of: scan.scanCase) {
        try onRow(row, .wasThere)
      } else {
        try make(scan, onRow)
      }
    }
  }

  private func make(_ scan: BIDSLayout.BIDSScan, _ onRow: (ScanRow, Outcome) throws -> Void) throws {
    for file in CaseFiles(caseID: scan.scanCase.id).segmented {
      try? FileManager.default.removeItem(at: progress.dataset.file(file))
    }
    let result = try cohort.segment(scan.scanCase) { try progress.provenance(of: scan.scanCase) }
    let row = ScanRow(
      result, of: scan, image: progress.dataset.uri(of: scan.scanCase.image), bundle: progress.bundleName,
      threshold: result.threshold)
    try finish(row, .made(result), onRow)
  }

  private func finish(_ row: ScanRow, _ outcome: Outcome, _ onRow: (ScanRow, Outcome) throws -> Void) throws {
    try onRow(row, outcome)
    try row.write(to: progress.dataset)
  }
}
