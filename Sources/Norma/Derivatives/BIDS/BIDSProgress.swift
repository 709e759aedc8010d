package import Cohort
package import Preprocessing
import Foundation

/// Which scans of a BIDS data set have their results already, made of the same files by the same model.
package struct BIDSProgress {
  let dataset: DerivativeDataset
  let bundleName: String
  let threshold: Double
  let ownThresholds: [String: Double]
  let exceedance: Calibration?
  let preprocessing: Preprocessor
  package let key: CohortKey

  package init(
    dataset: DerivativeDataset, preprocessing: Preprocessor, bundle: ModelBundle, threshold: Double,
    ownThresholds: [String: Double] = [:], exceedance: Calibration? = nil
  ) throws {
    (self.dataset, self.preprocessing, self.exceedance) = (dataset, preprocessing, exceedance)
    (self.threshold, self.ownThresholds, bundleName) = (threshold, ownThresholds, bundle.description.name)
    key = try CohortKey(preprocessing: preprocessing, bundle: bundle, threshold: threshold)
  }

  /// Sources and key of a scan; throws a ``Problem`` where its files cannot be read.
  func provenance(of scan: ScanCase) throws -> ScanProvenance {
    ScanProvenance(
      sources: ([scan.image] + (scan.brainMask.map { [$0] } ?? [])).map(dataset.uri),
      key: try resultKey(of: scan))
  }

  private func resultKey(of scan: ScanCase) throws -> ResultKey {
    try ResultKey(scan: scan, cohort: key.with(ownThreshold: ownThresholds[scan.id]))
  }

  /// The row of a scan whose results are there.
  package func completedRow(of scan: ScanCase) -> ScanRow? {
    let files = CaseFiles(caseID: scan.id)
    guard let row = ScanRow(of: scan.id, in: dataset), row.status == .ok,
      files.areComplete(in: dataset.folder, exceedance: exceedance != nil),
      let sidecar = try? Data(contentsOf: dataset.file(files.maskSidecar)),
      let key = try? JSONDecoder().decode(ResultKey.self, from: sidecar), key == (try? resultKey(of: scan))
    else { return nil }
    return row
  }
}
