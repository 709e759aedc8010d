import Foundation
import Norma

/// The description of the cohort that the page loads before it opens a case.
struct CohortAnswer: Encodable {
  struct Case: Encodable {
    let id: String
    let participant: String
    let status: String
    let message: String
    /// The volume of all regions in mL.
    let volume: Double?
    let regions: Int?
    let threshold: Double?
    /// The score that the regions of its mask exceed; nil for a plain threshold.
    let peak: Double?
  }

  let folder: String
  let rater: String
  let version: String
  let bundle: String?
  /// The smallest region that is kept, in mm³.
  let minimumLesionSize: Double
  /// The rates of the calibration's voxels, rising, with falling thresholds.
  let curve: [Calibration.Point]
  /// The brain that they were measured on; nil if it is not recorded.
  let calibratedOn: String?
  let reviewFile: String
  let thresholdFile: String
  let regionFile: String
  let maskFolder: String
  let cases: [Case]

  /// Describes the folder as it is now. A case whose map has been deleted gets the status `missing`.
  init(
    _ results: ResultFolder, curve: [Calibration.Point], calibratedOn: String?, review: ReviewFolder,
    rater: String
  ) {
    (folder, self.rater, version) = (results.folder.path, rater, NormaVersion.current)
    (bundle, self.curve) = (results.bundleName, curve)
    self.calibratedOn = calibratedOn
    minimumLesionSize = results.record?.minimumLesionSize ?? 0
    (reviewFile, thresholdFile) = (review.reviews.path, review.thresholds.path)
    (regionFile, maskFolder) = (review.regions.path, review.masks.path)
    cases = results.cases.map { row in
      let isGone = row.anomalyMap.map { !FileManager.default.fileExists(atPath: $0.path) } == true
      return Case(
        id: row.id, participant: row.participantID, status: isGone ? "missing" : row.status,
        message: isGone ? "The files of this case are gone." : row.message, volume: row.lesionVolumeML,
        regions: row.lesionCount,
        threshold: row.threshold, peak: row.peak)
    }
  }
}
