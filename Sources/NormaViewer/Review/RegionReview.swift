import Norma

/// A rater's judgement of one region, or a region that the rater added. A voxel names the region.
struct RegionReview: Codable, Hashable, Sendable {
  enum Decision: String, Codable, Sendable {
    case accepted, rejected
    /// The region was not in the mask.
    case added
  }

  /// The indices of the region's voxel with the highest score, or of the voxel from which it grows.
  let voxel: [Int]
  /// How an added region grows; nil for the regions of the mask.
  var growth: RegionGrowth?
  /// The decision; nil before the rater has made one.
  var decision: Decision?
  /// A free text, possibly empty.
  var note = ""
  /// The volume of the region in mm³ when it was judged.
  var volume: Double
  /// The time of the last change in UTC, such as `2026-01-31T12:00:00Z`.
  var changed = ""

  /// Whether there is nothing to save.
  var isEmpty: Bool { decision == nil && (note.isEmpty || growth != nil) }

  /// Whether a region that grows, and no other, has been added.
  var isValid: Bool { (growth != nil) == (decision == .added) && growth?.isValid != false }
}

/// The table of a rater's judgements of regions, with one row per region.
struct RegionReviewTable {
  private static let columns = [
    "case_id", "voxel_i", "voxel_j", "voxel_k", "volume_mm3", "decision", "note", "changed",
  ]
  /// What tables that were written before regions could be added lack.
  private static let columnsOfGrowth = ["least_score", "radius_mm"]

  /// The judgements by case.
  var regions: [String: [RegionReview]] = [:]

  init(_ regions: [String: [RegionReview]] = [:]) { self.regions = regions }

  /// Parses a table. Returns nil if the text is not one, so that a damaged table is never replaced.
  init?(_ text: String) {
    guard let rows = Table.rows(of: text, columns: Self.columns, optional: Self.columnsOfGrowth) else {
      return nil
    }
    for row in rows {
      let voxel = row[1...3].compactMap { Int($0) }, decision = RegionReview.Decision(rawValue: row[5])
      guard voxel.count == 3, let volume = Double(row[4]), row[5].isEmpty || decision != nil else {
        return nil
      }
      let growth = Double(row[8]).flatMap { least in
        Double(row[9]).map { RegionGrowth(least: least, radius: $0) }
      }
      let region = RegionReview(
        voxel: voxel, growth: growth, decision: decision, note: row[6], volume: volume, changed: row[7])
      guard region.isValid else { return nil }
      regions[row[0], default: []].append(region)
    }
  }

  /// The table as TSV, sorted by case.
  var text: String {
    var table = Table(columns: Self.columns + Self.columnsOfGrowth)
    table.rows = regions.sorted { $0.key < $1.key }.flatMap { id, regions in
      regions.map { region in [id] + region.cells.map { $0.isEmpty ? "n/a" : $0 } }
    }
    return table.text
  }
}

extension RegionReview {
  /// The cells of its row after the case; an empty text for what is missing.
  fileprivate var cells: [String] {
    let growth = [growth?.least, growth?.radius].map { number in number.map { "\($0)" } ?? "" }
    return voxel.map(String.init)
      + [volume.formatted(fraction: 4), decision?.rawValue ?? "", note, changed] + growth
  }
}

extension Table {
  /// Returns the cells of some columns of a tab-separated table, `n/a` as an empty text; nil if it is not a table or
  /// lacks a column that is not optional.
  static func rows(of text: String, columns: [String], optional: [String] = []) -> [[String]]? {
    let header = text.prefix { !$0.isNewline }.split(separator: "\t").map(String.init)
    guard let rows = rows(of: text), Set(header).isSuperset(of: columns) else { return nil }
    return rows.map { row in (columns + optional).map { row.cell($0) ?? "" } }
  }
}
