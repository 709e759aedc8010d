package import Cohort
package import Foundation

/// Segments the scans of a BIDS data set, each into files of its own, and writes a row for every scan.
package struct BIDSSegmentation {
  /// A scan, or a participant without one.
  package enum Case {
    case scan(BIDSLayout.BIDSScan)
    case noScan(BIDSLayout.Participant)

    fileprivate var scanCase: ScanCase? { if case .scan(let scan) = self { scan.scanCase } else { nil } }
  }

  /// The outcome of a case.
  package struct Outcome {
    package let row: ScanRow
    /// The segmentation; nil for a participant without a scan.
    package let segmented: CohortSegmentation.Row?
  }

  private let dataset: DerivativeDataset
  private let cohort: CohortSegmentation

  /// A segmentation whose results go into the data set instead of the cohort's output folder.
  package init(_ cohort: CohortSegmentation, into dataset: DerivativeDataset) {
    var cohort = cohort
    (cohort.dataset, cohort.output) = (dataset, dataset.folder)
    (self.cohort, self.dataset) = (cohort, dataset)
  }

  /// Segments the scans in order.
  ///
  /// - Parameters:
  ///   - participants: The participants with their scans.
  ///   - isForced: Whether scans with complete results are segmented again.
  ///   - onCase: Gets each outcome, and whether the results were kept.
  ///   - onParticipant: Gets the id and the outcomes of a participant after the last scan.
  ///   - shouldStop: Asked before each scan.
  /// - Returns: The outcomes in the order of the scans.
  /// - Throws: Only what stops the whole run, such as a full disk.
  package func run(
    _ participants: [BIDSLayout.Participant], isForced: Bool = false,
    onCase: (Outcome, _ isKept: Bool) throws -> Void, onParticipant: (String, [Outcome]) throws -> Void,
    shouldStop: () -> Bool
  ) throws -> [Outcome] {
    defer { cohort.lookahead.finish() }
    for participant in participants { try dataset.removeOutdatedResults(of: participant) }
    let scanCounts = participants.reduce(into: [String: Int]()) { $0[$1.id] = $1.scans.count }
    var done = [String: [Outcome]]()
    return try CohortRunner(self, isForced: isForced).run(
      participants.flatMap(Self.cases),
      onRow: { outcome, isKept in
        try onCase(outcome, isKept)
        let participant = outcome.row.participantID
        done[participant, default: []].append(outcome)
        if let outcomes = done[participant], outcomes.count == scanCounts[participant] {
          try onParticipant(participant, outcomes)
        }
      }, shouldStop: shouldStop, list: { _ in })
  }

  /// The scans of a participant as cases.
  package static func cases(of participant: BIDSLayout.Participant) -> [Case] {
    participant.scans.isEmpty ? [.noScan(participant)] : participant.scans.map(Case.scan)
  }
}

extension BIDSSegmentation: CaseStep {
  package var output: URL { dataset.folder }

  package func completed(_ item: Case) -> Outcome? {
    switch item {
    case .scan(let scan):
      guard let segmented = cohort.completed(scan.scanCase) else { return nil }
      return kept(outcome(segmented, of: scan))
    case .noScan(let participant): return kept(Outcome(row: ScanRow(skipped: participant), segmented: nil))
    }
  }

  /// Returns the outcome if its row is in the data set.
  private func kept(_ outcome: Outcome) -> Outcome? { outcome.row.isWritten(in: dataset) ? outcome : nil }

  package func files(of item: Case) -> [URL] {
    switch item {
    case .scan(let scan): cohort.files(of: scan.scanCase)
    case .noScan(let participant): CaseFiles(caseID: participant.id).segmented.map(dataset.file)
    }
  }

  package func process(_ item: Case, before next: [Case]) throws -> Outcome {
    let outcome: Outcome
    switch item {
    case .scan(let scan):
      outcome = self.outcome(try cohort.process(scan.scanCase, before: next.compactMap(\.scanCase)), of: scan)
    case .noScan(let participant): outcome = Outcome(row: ScanRow(skipped: participant), segmented: nil)
    }
    try outcome.row.write(to: dataset)
    return outcome
  }

  private func outcome(_ segmented: CohortSegmentation.Row, of scan: BIDSLayout.BIDSScan) -> Outcome {
    let row = ScanRow(
      segmented, of: scan, image: dataset.uri(of: scan.scanCase.image), bundle: cohort.bundle.description.name
    )
    return Outcome(row: row, segmented: segmented)
  }
}
