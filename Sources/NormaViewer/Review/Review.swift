import Norma

/// What a rater thinks of a case.
struct Review: Codable, Hashable, Sendable {
  enum Decision: String, Codable, Sendable {
    case accepted, rejected, flagged
  }

  /// Nil while nobody decided.
  var decision: Decision?
  /// May be empty.
  var note = ""
  /// When it was changed last, UTC, such as `2026-01-31T12:00:00Z`.
  var changed = ""

  /// Characters that a note may have.
  static let longestNote = 2000
}

/// The reviews of a rater as a table, one row a case.
struct ReviewTable {
  private static let columns = ["case_id", "decision", "note", "changed"]

  /// By case.
  var reviews: [String: Review] = [:]

  init() {}

  /// Nil where the text is no such table: what cannot be read must not be replaced.
  init?(_ text: String) {
    let header = Set(text.prefix { !$0.isNewline }.split(separator: "\t").map(String.init))
    guard let rows = Table.rows(of: text), header.isSuperset(of: Self.columns) else { return nil }
    for row in rows {
      let cells = Self.columns.map { name in row[name].map { $0 == "n/a" ? "" : $0 } }
      guard let id = cells[0], let decision = cells[1], let note = cells[2], let changed = cells[3],
        decision.isEmpty || Review.Decision(rawValue: decision) != nil
      else { return nil }
      reviews[id] = Review(decision: Review.Decision(rawValue: decision), note: note, changed: changed)
    }
  }

  /// The cases in the order of their names.
  var text: String {
    var table = Table(columns: Self.columns)
    table.rows = reviews.sorted { $0.key < $1.key }.map { id, review in
      [id, review.decision?.rawValue ?? "", review.note, review.changed].map { $0.isEmpty ? "n/a" : $0 }
    }
    return table.text
  }
}
