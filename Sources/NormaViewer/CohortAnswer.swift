import Foundation
import Norma

/// What the page knows of the cohort before it opens a case.
struct CohortAnswer: Encodable {
  struct Case: Encodable {
    let id: String
    let participant: String
    let status: String
    let message: String
    /// mL.
    let volume: Double?
    let lesions: Int?
    /// The largest of its lesions.
    let score: Double?
    let threshold: Double?
  }

  let folder: String
  let rater: String
  let version: String
  let bundle: String?
  /// mm³.
  let minimumLesionSize: Double
  /// Rate rising, threshold falling.
  let curve: [Calibration.Point]
  let reviewFile: String
  let thresholdFile: String
  let cases: [Case]

  /// As the folder is now: a case whose map is gone is missing.
  init(_ results: ResultFolder, curve: [Calibration.Point], review: ReviewFolder, rater: String) {
    (folder, self.rater, version) = (results.folder.path, rater, NormaVersion.current)
    (bundle, self.curve) = (results.bundleName, curve)
    minimumLesionSize = results.record?.minimumLesionSize ?? 0
    (reviewFile, thresholdFile) = (review.reviews.path, review.thresholds.path)
    cases = results.cases.map { row in
      let isGone = row.anomalyMap.map { !FileManager.default.fileExists(atPath: $0.path) } == true
      return Case(
        id: row.id, participant: row.participantID, status: isGone ? "missing" : row.status,
        message: isGone ? "The files of this case are gone." : row.message, volume: row.lesionVolumeML,
        lesions: row.lesionCount,
        score: row.lesionTable.flatMap(Self.highestScore),
        threshold: row.threshold)
    }
  }

  /// The largest score of a case's lesion table; nil where it has none.
  private static func highestScore(in table: URL) -> Double? {
    let rows = (try? String(contentsOf: table, encoding: .utf8)).flatMap(Table.rows)
    return rows?.compactMap { $0["max_score"].flatMap(Double.init) }.filter(\.isFinite).max()
  }
}
