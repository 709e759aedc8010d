import Foundation
import Norma

/// The tables of one rater in the folder `review` of the results. Each change reads, changes and replaces them while no
/// other viewer may, so that two tabs, or two viewers of one rater, lose nothing.
struct ReviewFolder: Sendable {
  /// What the tables hold.
  struct Contents: Codable, Sendable {
    /// By case.
    var reviews: [String: Review]
    /// For the cases without one of their own.
    var thresholdOfOthers: Double?
    /// By case.
    var thresholds: [String: Double]
  }

  /// Where reviews are saved.
  let reviews: URL
  /// Where corrected thresholds are saved, for `norma segment --threshold`.
  let thresholds: URL

  /// Throws a ``Problem`` for a name that makes no file name, and for tables that cannot be read.
  init(of results: URL, rater: String) throws {
    let isName = rater.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    guard isName, !rater.isEmpty, !rater.hasPrefix("."), rater.utf8.count <= 64 else {
      throw Problem(
        .usage, "'\(rater)' makes no file name", at: "--rater",
        advice: "give up to 64 letters, digits, hyphens, underscores and points")
    }
    let folder = results.appendingPathComponent("review")
    reviews = folder.appendingPathComponent("rater-\(rater)_review.tsv")
    thresholds = folder.appendingPathComponent("rater-\(rater)_thresholds.tsv")
    _ = try read()
  }

  /// What is saved now.
  func read() throws -> Contents {
    var table = ReviewTable()
    if FileManager.default.fileExists(atPath: reviews.path) {
      guard let text = try? String(contentsOf: reviews, encoding: .utf8), let saved = ReviewTable(text) else {
        throw Problem(
          .badData, "the reviews cannot be read", at: reviews.path,
          advice: "mend the table, or move it away to begin anew")
      }
      table = saved
    }
    let chosen =
      FileManager.default.fileExists(atPath: thresholds.path)
      ? try ThresholdTable(contentsOf: thresholds) : ThresholdTable()
    return Contents(
      reviews: table.reviews, thresholdOfOthers: chosen.ofOthers, thresholds: chosen.ofCases)
  }

  /// Changes what is saved and gives all of it.
  func change(_ change: (inout Contents) -> Void) throws -> Contents {
    let folder = reviews.deletingLastPathComponent()
    try AtomicFile.makeFolder(folder)
    return try Self.locking(folder) {
      var contents = try read()
      change(&contents)
      var table = ReviewTable()
      table.reviews = contents.reviews
      try save(table.text, to: reviews, isEmpty: contents.reviews.isEmpty)
      let chosen = ThresholdTable(ofOthers: contents.thresholdOfOthers, ofCases: contents.thresholds)
      try save(chosen.text, to: thresholds, isEmpty: chosen == ThresholdTable())
      return contents
    }
  }

  private func save(_ text: String, to file: URL, isEmpty: Bool) throws {
    if isEmpty {
      try? FileManager.default.removeItem(at: file)
    } else {
      try AtomicFile.writeIfChanged(Data(text.utf8), at: file)
    }
  }

  private static func locking<Result>(_ folder: URL, _ work: () throws -> Result) throws -> Result {
    let descriptor = open(folder.path, O_RDONLY)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
      throw Problem(
        .inputOutput, "the folder cannot be locked", at: folder.path,
        advice: "check its rights, or review a copy of the results on a local disk")
    }
    defer { close(descriptor) }
    return try work()
  }
}
