import Foundation
import Norma

/// What the page needs of the table of a case's regions.
struct RegionTable {
  private let rows: [[String: String]]

  /// Reads the table; it is empty if the file is missing or is not a table.
  init(contentsOf file: URL?) {
    rows = file.flatMap { try? String(contentsOf: $0, encoding: .utf8) }.flatMap(Table.rows) ?? []
  }

  /// The largest score of a region; nil without regions.
  var highestScore: Double? {
    rows.compactMap { $0["max_score"].flatMap(Double.init) }.filter(\.isFinite).max()
  }

  /// Where a region is, as far as the table says so.
  struct Location: Encodable {
    /// The centre in scanner mm.
    let centroid: [Double]
    let place, side, lobe: String?
  }

  /// The regions of which the place, the side or the lobe is known.
  var locations: [Location] {
    rows.compactMap { row in
      let centroid = ["x", "y", "z"].compactMap { row["centroid_\($0)_mm"].flatMap(Double.init) }
      let location = Location(
        centroid: centroid, place: row.cell("place"), side: row.cell("side"), lobe: row.cell("lobe"))
      let isKnown = [location.place, location.side, location.lobe].contains { $0 != nil }
      return isKnown && centroid.count == 3 && centroid.allSatisfy(\.isFinite) ? location : nil
    }
  }
}
