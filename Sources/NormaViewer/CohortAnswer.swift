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
        score: row.lesionTable.flatMap { try? LesionAnswer.lesions(in: $0) }?.map(\.maximum).max(),
        threshold: row.threshold)
    }
  }
}

/// A row of a case's lesion table.
struct LesionAnswer: Encodable {
  let index: Int
  /// mm³.
  let volume: Double
  let maximum: Double
  let mean: Double
  /// World coordinates in mm, RAS+.
  let centroid: [Double]

  /// The lesions of a table; throws a ``Problem`` that names a file that cannot be read.
  static func lesions(in file: URL) throws -> [LesionAnswer] {
    guard let text = try? String(contentsOf: file, encoding: .utf8), let rows = Table.rows(of: text) else {
      throw Problem(
        .missingInput, "the lesion table cannot be read", at: file.path, advice: "segment the case again")
    }
    return try rows.map { row in
      let numbers = [
        "index", "volume_mm3", "max_score", "mean_score", "centroid_x_mm", "centroid_y_mm", "centroid_z_mm",
      ].compactMap { row[$0].flatMap(Double.init) }
      guard numbers.count == 7, numbers.allSatisfy(\.isFinite) else {
        throw Problem(
          .badData, "the lesion table has a row that is none", at: file.path, advice: "segment the case again")
      }
      return LesionAnswer(
        index: Int(numbers[0]), volume: numbers[1], maximum: numbers[2], mean: numbers[3],
        centroid: Array(numbers[4...]))
    }
  }
}
