import Norma

/// A rater's judgement of one region, which is named by one of its voxels.
struct RegionReview: Codable, Hashable, Sendable {
  enum Decision: String, Codable, Sendable {
    case accepted, rejected
  }

  /// The indices of the region's voxel with the highest score.
  let voxel: [Int]
  /// The decision; nil before the rater has made one.
  var decision: Decision?
  /// A free text, possibly empty.
  var note = ""
  /// The volume of the region in mm³ when it was judged.
  var volume: Double
  /// The time of the last change in UTC, such as `2026-01-31T12:00:00Z`.
  var changed = ""

  /// Whether there is nothing to save.
  var isEmpty: Bool { decision == nil && note.isEmpty }
}

/// The table of a rater's judgements of regions, with one row per region.
struct RegionReviewTable {
  private static let columns = [
    "case_id", "voxel_i", "voxel_j", "voxel_k", "volume_mm3", "decision", "note", "changed",
  ]

  /// The judgements by case.
  var regions: [String: [RegionReview]] = [:]

  init(_ regions: [String: [RegionReview]] = [:]) { self.regions = regions }

  /// Parses a table. Returns nil if the text is not one, so that a damaged table is never replaced.
  init?(_ text: String) {
    guard let rows = Table.rows(of: text, columns: Self.columns) else { return nil }
    for row in rows {
      let voxel = row[1...3].compactMap { Int($0) }, decision = RegionReview.Decision(rawValue: row[5])
      guard voxel.count == 3, let volume = Double(row[4]), row[5].isEmpty || decision != nil else {
        return nil
      }
      regions[row[0], default: []].append(
        RegionReview(voxel: voxel, decision: decision, note: row[6], volume: volume, changed: row[7]))
    }
  }

  /// The table as TSV, sorted by case.
  var text: String {
    var table = Table(columns: Self.columns)
    table.rows = regions.sorted { $0.key < $1.key }.flatMap { id, regions in
      regions.map { region in
        ([id] + region.voxel.map(String.init) + [region.volume.formatted(fraction: 4)]
          + [region.decision?.rawValue ?? "", region.note, region.changed]).map { $0.isEmpty ? "n/a" : $0 }
      }
    }
    return table.text
  }
}

extension Table {
  /// Returns the cells of some columns of a tab-separated table, `n/a` as an empty text; nil if it is not a table or
  /// lacks a column.
  static func rows(of text: String, columns: [String]) -> [[String]]? {
    let header = text.prefix { !$0.isNewline }.split(separator: "\t").map(String.init)
    guard let rows = rows(of: text), Set(header).isSuperset(of: columns) else { return nil }
    return rows.map { row in columns.map { name in row[name].flatMap { $0 == "n/a" ? "" : $0 } ?? "" } }
  }
}
