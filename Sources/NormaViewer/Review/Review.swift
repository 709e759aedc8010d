import Norma

/// A rater's judgement of a case.
struct Review: Codable, Hashable, Sendable {
  enum Decision: String, Codable, Sendable {
    case accepted, rejected, flagged
  }

  /// The decision; nil before the rater has made one.
  var decision: Decision?
  /// A free text, possibly empty.
  var note = ""
  /// The time of the last change in UTC, such as `2026-01-31T12:00:00Z`.
  var changed = ""

  /// The largest number of characters of a note.
  static let maximumNoteLength = 2000
}

/// The table of a rater's reviews, with one row per case.
struct ReviewTable {
  private static let columns = ["case_id", "decision", "note", "changed"]

  /// The reviews by case.
  var reviews: [String: Review] = [:]

  init() {}

  /// Parses a table. Returns nil if the text is not one, so that a damaged table is never replaced.
  init?(_ text: String) {
    guard let rows = Table.rows(of: text, columns: Self.columns) else { return nil }
    for row in rows {
      let decision = Review.Decision(rawValue: row[1])
      guard row[1].isEmpty || decision != nil else { return nil }
      reviews[row[0]] = Review(decision: decision, note: row[2], changed: row[3])
    }
  }

  /// The table as TSV, sorted by case.
  var text: String {
    var table = Table(columns: Self.columns)
    table.rows = reviews.sorted { $0.key < $1.key }.map { id, review in
      [id, review.decision?.rawValue ?? "", review.note, review.changed].map { $0.isEmpty ? "n/a" : $0 }
    }
    return table.text
  }
}
