import Foundation
import Norma
import NormaReports

/// The level participant of the BIDS App: each participant's scans, then its page.
struct BIDSParticipants {
  let segmentation: BIDSSegmentation
  let page: SegmentationPage
  let dataset: DerivativeDataset
  let console: Console

  /// Gives the number of scans that failed.
  func run(_ participants: [BIDSLayout.Participant]) throws -> Int {
    var failures = 0
    for participant in participants {
      try segmentation.segment(
        participant,
        onRow: { row, outcome in
          if case .made(let result) = outcome {
            try keep(result)
            if result.problem != nil { failures += 1 }
          }
          report(row, outcome)
        }, shouldStop: { Interruption.requested })
      if !participant.scans.isEmpty { try writePage(of: participant.id) }
    }
    return failures
  }

  private func report(_ row: ScanRow, _ outcome: BIDSSegmentation.Outcome) {
    switch outcome {
    case .skipped: console.log(row.caseID, ["skipped": row.message])
    case .wasThere: console.log(row.caseID, ["seconds": "was there"])
    case .made(let result):
      if let problem = result.problem {
        console.failure(problem, ofCase: row.caseID)
      } else {
        console.log(
          row.caseID,
          [
            "lesions": "\(result.lesions.count)", "volume_ml": String(format: "%.2f", result.lesionVolumeML),
            "seconds": String(format: "%.2f", result.seconds),
          ])
      }
    }
  }

  /// Keeps a scan's part of the page, for later runs that make other scans of the participant.
  private func keep(_ result: CohortSegmentation.Row) throws {
    var part = try page.reportCase(result)
    part.seconds = nil
    try AtomicFile.write(
      json: part, to: figures(of: result.participantID).appendingPathComponent("\(result.caseID).json"))
  }

  private func writePage(of participant: String) throws {
    let folder = figures(of: participant)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let parts = try files.filter { $0.hasSuffix(".json") }.map {
      try JSONDecoder().decode(
        SegmentationReportCase.self, from: Data(contentsOf: folder.appendingPathComponent($0)))
    }
    let place = dataset.file("\(participant).html")
    let provenance = ReportProvenance(
      bundleName: page.bundle.description.name, settings: page.settings, version: NormaVersion.current)
    try page.report(parts, provenance).page.writeIfChanged(at: place)
    console.result(place.path)
  }

  private func figures(of participant: String) -> URL { dataset.file("\(participant)/figures") }
}
