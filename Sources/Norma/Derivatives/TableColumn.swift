import Base

/// A column of a table of results with its meaning.
struct TableColumn<Row>: Sendable {
  let name: String
  /// The meaning of the column as BIDS describes it in a JSON file.
  let description: ColumnDescription
  /// The cell of a row; nil or empty where there is no value.
  let cell: @Sendable (Row) -> String?

  init(
    _ name: String, _ description: String, units: String? = nil, format: String? = nil,
    levels: [String: String]? = nil, cell: @escaping @Sendable (Row) -> String?
  ) {
    self.init(
      name, ColumnDescription(description: description, units: units, format: format, levels: levels),
      cell: cell)
  }

  init(_ name: String, _ description: ColumnDescription, cell: @escaping @Sendable (Row) -> String?) {
    (self.name, self.description, self.cell) = (name, description, cell)
  }
}

extension TableColumn {
  /// The column for rows that may have a part with it.
  func of<Whole>(_ part: any KeyPath<Whole, Row?> & Sendable) -> TableColumn<Whole> {
    let cell = cell
    return TableColumn<Whole>(name, description) { $0[keyPath: part].flatMap(cell) }
  }
}

/// The description of a table's column, as in the JSON sidecar of a BIDS table.
struct ColumnDescription: Hashable, Encodable {
  let description: String
  /// The unit of its numbers; nil for numbers without one and for words.
  var units: String?
  /// BIDS's name of the kind of its values, where BIDS defines the column; nil for other columns.
  var format: String?
  /// The meaning of each of its words; nil if it has any others.
  var levels: [String: String]?

  enum CodingKeys: String, CodingKey {
    case description = "Description"
    case units = "Units"
    case format = "Format"
    case levels = "Levels"
  }
}

/// The descriptions of a table's columns by name.
typealias ColumnDescriptions = [String: ColumnDescription]

extension Array {
  /// The table of these columns; cells without a value are `n/a`.
  func table<Row>(of rows: [Row]) -> Table where Element == TableColumn<Row> {
    var table = Table(columns: map(\.name))
    table.rows = rows.map(cells)
    return table
  }

  /// The cells of a row; those without a value are `n/a`, and all of them without a row.
  func cells<Row>(of row: Row?) -> [String] where Element == TableColumn<Row> {
    map { column in
      let cell = row.flatMap(column.cell) ?? ""
      return cell.isEmpty ? "n/a" : cell
    }
  }

  /// The descriptions of these columns.
  func descriptions<Row>() -> ColumnDescriptions where Element == TableColumn<Row> {
    Dictionary(uniqueKeysWithValues: map { ($0.name, $0.description) })
  }
}
