import Foundation

/// Which scans of a BIDS data set have their results already, made of the same files by the same model.
package struct BIDSProgress {
  let dataset: DerivativeDataset
  let bundleName: String
  let threshold: Double
  let exceedance: Calibration?
  let preprocessing: Preprocessing
  private let bundleDigest: String

  package init(
    dataset: DerivativeDataset, preprocessing: Preprocessing, bundle: ModelBundle, threshold: Double,
    exceedance: Calibration? = nil
  ) throws {
    (self.dataset, self.preprocessing, self.exceedance) = (dataset, preprocessing, exceedance)
    (self.threshold, bundleName) = (threshold, bundle.manifest.name)
    bundleDigest = try bundle.digest()
  }

  /// Sources and key of a scan; throws a ``Problem`` where its files cannot be read.
  func provenance(of scan: ScanCase) throws -> ScanProvenance {
    ScanProvenance(
      sources: ([scan.image] + (scan.brainMask.map { [$0] } ?? [])).map(dataset.uri), key: try key(of: scan))
  }

  private func key(of scan: ScanCase) throws -> ResultKey {
    try ResultKey(
      scan: scan, preprocessing: preprocessing, bundleDigest: bundleDigest, threshold: threshold)
  }

  /// The row of a scan whose results are there.
  package func completedRow(of scan: ScanCase) -> ScanRow? {
    let files = CaseFiles(caseID: scan.id)
    let needed =
      [files.mask, files.anomalyMap, files.labels, files.lesionTable, files.brain]
      + (exceedance == nil ? [] : [files.exceedance])
    guard let row = ScanRow(of: scan.id, in: dataset), row.status == .ok,
      needed.allSatisfy({ FileManager.default.fileExists(atPath: dataset.file($0).path) }),
      let sidecar = try? Data(contentsOf: dataset.file(files.maskSidecar)),
      let key = try? JSONDecoder().decode(ResultKey.self, from: sidecar), key == (try? self.key(of: scan))
    else { return nil }
    return row
  }
}

extension ModelBundle {
  /// SHA-256 of `bundle.json`, which holds those of the other files.
  fileprivate func digest() throws -> String {
    try Digest.of(file: url.appendingPathComponent(Self.manifestFile))
  }
}
