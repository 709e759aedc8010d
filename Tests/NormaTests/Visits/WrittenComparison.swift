import Foundation

@testable import Base
@testable import Cohort
@testable import Norma
import Volumes

extension DerivativeDataset {
  /// Writes the record and the row of a comparison of two scans, and the sidecars of their masks if there are none.
  @discardableResult
  func writeComparison(
    _ baseline: String, _ followUp: String, volumesML: (Double, Double)
  ) throws -> VisitRecord {
    func visit(_ name: String, _ volume: Double) throws -> VisitRecord.Visit {
      let sidecar = file(CaseFiles(caseID: name).maskSidecar)
      if !FileManager.default.fileExists(atPath: sidecar.path) { try AtomicFile.write("{}", to: sidecar) }
      return VisitRecord.Visit(
        caseID: name, volumeML: 1, jointVolumeML: volume, regions: 1, whiteMatter: 100,
        digest: try VisitRecord.digest(of: name, in: folder))
    }
    let record = VisitRecord(
      participantID: String(followUp.prefix { $0 != "_" }), baseline: try visit(baseline, volumesML.0),
      followUp: try visit(followUp, volumesML.1), evidentChangeML: 0.5,
      registration: VisitRecord.Registration(
        toFollowUp: .identity, inconsistency: 0.1, stretch: SIMD3(1, 1, 1), overlap: 1, agreement: 1),
      deviation: 0.02, counts: ["new": 1, "stable": 3], rule: ChangeRule(), bundle: "whole-brain",
      notes: ["A note."])
    try AtomicFile.write(json: record, to: file(VisitFiles(followUp: followUp).record))
    try VisitRow(record).write(to: self)
    return record
  }
}
