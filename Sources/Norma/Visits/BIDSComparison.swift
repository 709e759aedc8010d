import Base
import Cohort
import Foundation

/// Compares the sessions of the participants of a BIDS data set whose scans are segmented, and writes a row for
/// every comparison.
package struct BIDSComparison {
  /// The outcome of a comparison.
  package struct Outcome {
    package let row: VisitRow
    /// The comparison; nil if it failed, or was kept from an earlier run.
    package let compared: ComparedVisits?
  }

  private let cohort: CohortSegmentation
  private let dataset: DerivativeDataset
  private let pairing: SessionPairing

  /// A comparison of the results that a segmentation wrote into the data set.
  package init(_ cohort: CohortSegmentation, into dataset: DerivativeDataset, by pairing: SessionPairing) {
    var cohort = cohort
    (cohort.dataset, cohort.output) = (dataset, dataset.folder)
    (self.cohort, self.dataset, self.pairing) = (cohort, dataset, pairing)
  }

  /// Compares the sessions of one participant. A pair that fails costs one row.
  ///
  /// - Parameters:
  ///   - scans: All scans of the participant.
  ///   - isForced: Whether complete comparisons are made again.
  ///   - onPair: Gets each outcome.
  ///   - shouldStop: Asked before each pair.
  /// - Throws: A ``Problem`` of kind `interrupted`, or what stops the whole run, such as a full disk.
  package func run(
    _ scans: [CohortSegmentation.Row], isForced: Bool = false, onPair: (Outcome) throws -> Void,
    shouldStop: () -> Bool
  ) throws {
    let pairs = pairing.pairs(among: scans), compared = Set(pairs.map(\.followUp.scan.id))
    for scan in scans where !compared.contains(scan.scan.id) {
      try cohort.remove(VisitFiles(followUp: scan.scan.id))
      guard scan.result == nil, Set(scans.map(\.scan.sessionID)).count > 1 else { continue }
      try finish(Outcome(row: Self.row(of: scan, "its segmentation failed"), compared: nil), onPair)
    }
    for pair in pairs {
      guard !shouldStop() else {
        throw Problem(
          .interrupted, "interrupted before \(pair.followUp.scan.id) was compared", at: dataset.folder.path,
          advice: "what is done is complete; run the command again for the rest")
      }
      if !isForced, let row = kept(pair) {
        try onPair(Outcome(row: row, compared: nil))
      } else {
        try finish(outcome(of: pair), onPair)
      }
    }
  }

  private func finish(_ outcome: Outcome, _ onPair: (Outcome) throws -> Void) throws {
    try onPair(outcome)
    try outcome.row.write(to: dataset)
  }

  /// The row of an earlier run if it compared these scans in the same way and all its files are there.
  private func kept(_ pair: SessionPairing.Pair) -> VisitRow? {
    let files = VisitFiles(followUp: pair.followUp.scan.id)
    guard let row = VisitRow(followUp: pair.followUp.scan.id, in: dataset), row.status == .ok,
      row.baselineID == pair.baseline.scan.id,
      files.all.allSatisfy({ FileManager.default.fileExists(atPath: dataset.file($0).path) })
    else { return nil }
    return row
  }

  private func outcome(of pair: SessionPairing.Pair) throws -> Outcome {
    let scans = [pair.baseline, pair.followUp], files = VisitFiles(followUp: pair.followUp.scan.id)
    try cohort.remove(files)
    do {
      // The order was decided with the times of all scans of the participant.
      let visits = try VisitPair(pair.baseline.scan, pair.followUp.scan, isForced: true)
      let compared = try cohort.compare(visits, segmented: scans, into: files)
      return Outcome(row: VisitRow(compared.record), compared: compared)
    } catch  where !Problem(error).stopsAllPairs {
      try cohort.remove(files)
      let message = Problem(error).sentence(about: pair.followUp.scan.image)
      return Outcome(row: Self.row(of: pair.followUp, message, pair.baseline), compared: nil)
    }
  }

  private static func row(
    of scan: CohortSegmentation.Row, _ message: String, _ baseline: CohortSegmentation.Row? = nil
  ) -> VisitRow {
    VisitRow(
      participantID: scan.scan.participantID, baselineID: baseline?.scan.id, followUpID: scan.scan.id,
      status: .failed, message: message)
  }
}

extension Problem {
  /// Whether it concerns the folder of the results, such as a full disk.
  fileprivate var stopsAllPairs: Bool { systemCode != nil && !concernsOneFile }
}
