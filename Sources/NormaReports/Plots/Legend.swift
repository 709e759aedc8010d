/// One name and colour of a plot's legend.
struct LegendEntry {
  let name: String
  let colour: Int
  var isReference = false
}

/// The names of a plot's marks below its heading, in as many rows as they need.
struct Legend {
  let entries: [LegendEntry]
  let left, right: Double

  private static let row = 20.0

  var height: Double { Self.row * (places.last.map { $0.row + 1 } ?? 0) }

  var marks: [String] {
    zip(entries, places).flatMap { entry, place in
      let y = 46 + Self.row * place.row
      return [
        line(
          place.x, y - 4, place.x + 22, y - 4, style: "curve",
          more: entry.isReference ? referenceStroke : stroke(entry.colour)),
        text(entry.name, x: place.x + 28, y: y),
      ]
    }
  }

  private var places: [(x: Double, row: Double)] {
    var next = (x: left, row: 0.0)
    return entries.map { entry in
      let width = 44 + textWidth(entry.name)
      if next.x > left, next.x + width > right { next = (left, next.row + 1) }
      defer { next.x += width }
      return next
    }
  }
}

/// The estimated width of a text, which SVG cannot measure; enough for all but the widest letters.
func textWidth(_ text: String) -> Double { 7.2 * Double(text.count) }
