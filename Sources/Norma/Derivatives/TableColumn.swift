/// The meaning of a column, as BIDS describes it.
struct ColumnDescription: Encodable, Sendable {
  let description: String
  var units: String?
  var levels: [String: String]?

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case units = "Units"
    case levels = "Levels"
  }
}

/// A column of a table with its meaning and the cell of a row; a cell that is nil or empty is written as "n/a".
struct TableColumn<Row>: Sendable {
  let name: String
  let description: String
  var units: String?
  var levels: [String: String]?
  let cell: @Sendable (Row) -> String?

  /// The column for rows that may have a part with it.
  func of<Whole>(_ part: any KeyPath<Whole, Row?> & Sendable) -> TableColumn<Whole> {
    let cell = cell
    return TableColumn<Whole>(name: name, description: description, units: units, levels: levels) {
      $0[keyPath: part].flatMap(cell)
    }
  }
}

extension Array {
  /// The cells of a row.
  func cells<Row>(of row: Row?) -> [String] where Element == TableColumn<Row> {
    map { column in
      let cell = row.flatMap(column.cell) ?? ""
      return cell.isEmpty ? "n/a" : cell
    }
  }

  /// The meanings of the columns by name.
  func descriptions<Row>() -> [String: ColumnDescription] where Element == TableColumn<Row> {
    Dictionary(
      uniqueKeysWithValues: map {
        ($0.name, ColumnDescription(description: $0.description, units: $0.units, levels: $0.levels))
      })
  }
}
