import ArgumentParser
import Foundation
import Norma

extension Console {
  /// The cohort of a file, folder or manifest; logs what was left out.
  func cohort(at path: String) throws -> Manifest {
    let manifest = try Manifest(discovering: URL(fileURLWithPath: path))
    for note in manifest.notes { log(note) }
    return manifest
  }

  /// The cohort of a file, folder or manifest with scans; logs what was left out.
  func scans(at path: String) throws -> Manifest { try cohort(at: path).requiringScans() }

  /// Logs a case that was segmented, or its failure.
  func log(_ row: CohortSegmentation.Row) {
    switch row.outcome {
    case .failed(let problem): failure(problem, ofCase: row.scan.id)
    case .done(let result):
      log(
        row.scan.id,
        [
          "regions": "\(result.lesions.count)", "volume_ml": String(format: "%.2f", result.lesionVolumeML),
          "seconds": String(format: "%.2f", row.seconds),
        ])
    }
  }

  /// Logs how many of the cases were up to date; for a shard also its part of the cohort.
  func summary(kept: Int, of count: Int, shard: CohortShard?, ofCohort cohortCount: Int) {
    if let shard {
      log("shard \(shard): \(count) of \(cohortCount) cases, of which \(kept) were up to date")
    } else if kept > 0 {
      log("\(kept) of \(count) cases were up to date")
    }
  }

  /// Throws if a case failed: the problem itself if there is only one case, else the exit code.
  func finish(_ problems: [Problem?]) throws {
    let failures = problems.compactMap { $0 }
    guard let first = failures.first else { return }
    if problems.count == 1 { throw first }
    log("\(failures.count) of \(problems.count) cases failed; see the table of cases")
    throw ExitCode(Problem.Kind.someCaseFailed.rawValue)
  }
}
