import Base
package import Cohort
package import Foundation

extension Manifest {
  /// The cases of a folder of results that have a corrected mask in another folder, with it as lesion mask.
  ///
  /// A mask belongs to the case whose name its file name starts with: `CASE.nii.gz` or `CASE_*.nii.gz`.
  ///
  /// - Throws: A ``Problem`` if there are no results or masks, or if a case has two masks.
  package init(correctedMasks folder: URL, of results: URL) throws {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
      .filter { name in [".nii.gz", ".nii"].contains { name.hasSuffix($0) } }
    let rows = try ResultFolder(contentsOf: results).cases
    var cases = [ScanCase]()
    for name in names {
      let file = folder.appendingPathComponent(name), stem = Manifest.stem(file)
      let owners = rows.filter { stem == $0.id || stem.hasPrefix("\($0.id)_") }
      guard let row = owners.max(by: { $0.id.count < $1.id.count }), let map = row.anomalyMap else {
        continue
      }
      // The map is on the grid of the scan, which may have been moved.
      var scan = ScanCase(participantID: row.participantID, image: map, lesionMask: file)
      scan.id = row.id
      guard !cases.contains(where: { $0.id == row.id }) else {
        throw Problem(
          .badData, "two masks belong to case '\(row.id)'", at: file.path, advice: "keep one of them")
      }
      cases.append(scan)
    }
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "no mask in the folder is named after a case of the results", at: folder.path,
        advice: "give the folder of corrected masks that norma view wrote, such as review/rater-NAME_masks")
    }
    self.init(cases: cases, source: folder)
  }
}
