import Foundation
import Norma

/// The tables of one rater in the folder `review` of the results.
///
/// Each change reads, changes and replaces them under a lock, so that two tabs, or two viewers of one rater,
/// lose nothing.
struct ReviewFolder: Sendable {
  /// The contents of the tables.
  struct Contents: Codable, Sendable {
    /// The reviews by case.
    var reviews: [String: Review]
    /// The judgements of single regions by case.
    var regions: [String: [RegionReview]]
    /// The corrected threshold of the cases without one of their own.
    var thresholdOfOthers: Double?
    /// The corrected thresholds by case.
    var thresholds: [String: Double]
    /// The paths of the corrected masks by case.
    var corrected: [String: String]
  }

  /// The table of reviews.
  let reviews: URL
  /// The table of judgements of regions.
  let regions: URL
  /// The folder of corrected masks, which `norma evaluate --reference` takes.
  let masks: URL
  /// The table of corrected thresholds, which `norma segment --threshold` takes.
  let thresholds: URL

  /// Throws a ``Problem`` if the rater's name is not a valid file name or a table cannot be read.
  init(of results: URL, rater: String) throws {
    let isName = rater.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    guard isName, !rater.isEmpty, !rater.hasPrefix("."), rater.utf8.count <= 64 else {
      throw Problem(
        .usage, "'\(rater)' is not a valid file name", at: "--rater",
        advice: "use up to 64 letters, digits, hyphens, underscores and full stops")
    }
    let folder = results.appendingPathComponent("review")
    reviews = folder.appendingPathComponent("rater-\(rater)_review.tsv")
    thresholds = folder.appendingPathComponent("rater-\(rater)_thresholds.tsv")
    regions = folder.appendingPathComponent("rater-\(rater)_regions.tsv")
    masks = folder.appendingPathComponent("rater-\(rater)_masks", isDirectory: true)
    _ = try read()
  }

  /// Returns what is saved now.
  func read() throws -> Contents {
    let table = try Self.read(reviews, of: "reviews", ReviewTable.init) ?? ReviewTable()
    let judged = try Self.read(regions, of: "judgements of regions", RegionReviewTable.init)
    let chosen =
      FileManager.default.fileExists(atPath: thresholds.path)
      ? try ThresholdTable(contentsOf: thresholds) : ThresholdTable()
    return Contents(
      reviews: table.reviews, regions: judged?.regions ?? [:], thresholdOfOthers: chosen.ofOthers,
      thresholds: chosen.ofCases, corrected: corrected)
  }

  /// Returns the parsed table; nil if the file does not exist.
  private static func read<Parsed>(_ file: URL, of what: String, _ parse: (String) -> Parsed?) throws
    -> Parsed?
  {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    guard let text = try? String(contentsOf: file, encoding: .utf8), let parsed = parse(text) else {
      throw Problem(
        .badData, "the \(what) cannot be read", at: file.path,
        advice: "correct the table, or move it away to start a new one")
    }
    return parsed
  }

  private static let maskEnd = "_label-lesion_desc-corrected_mask.nii.gz"

  /// The file of the corrected mask of a case.
  func mask(of caseID: String) -> URL { masks.appendingPathComponent("\(caseID)\(Self.maskEnd)") }

  private var corrected: [String: String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: masks.path)) ?? []
    let pairs = names.filter { $0.hasSuffix(Self.maskEnd) }.map { name in
      (String(name.dropLast(Self.maskEnd.count)), masks.appendingPathComponent(name).path)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  /// Changes what is saved and returns all of it. If `change` throws, nothing changes.
  func change(_ change: (inout Contents) throws -> Void) throws -> Contents {
    let folder = reviews.deletingLastPathComponent()
    try AtomicFile.makeFolder(folder)
    return try Self.locking(folder) {
      var contents = try read()
      try change(&contents)
      var table = ReviewTable()
      table.reviews = contents.reviews
      try save(table.text, to: reviews, isEmpty: contents.reviews.isEmpty)
      let regionText = RegionReviewTable(contents.regions).text
      try save(regionText, to: regions, isEmpty: contents.regions.isEmpty)
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
        advice: "check its permissions, or review a copy of the results on a local disk")
    }
    defer { close(descriptor) }
    return try work()
  }
}
