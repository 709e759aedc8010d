/// A drawing as one SVG element, fit for a page or for a file of its own.
public struct SVG: Hashable, Sendable {
  /// The markup, well-formed XML with its own styles.
  public let source: String
}

/// One name and colour of a plot's legend.
struct LegendEntry {
  let name: String
  let colour: Int
  var isReference = false
}

/// The axes of a plot, on which the plots draw their marks.
struct PlotFrame {
  let title: String
  let description: String
  let xLabel: String
  let yLabel: String
  /// Marks of the x axis; nil where the axis holds names instead of numbers.
  var xTicks: NiceTicks?
  let yTicks: NiceTicks
  var legend: [LegendEntry] = []

  static let width = 680.0
  static let left = 70.0
  static let right = width - 20
  private static let legendRow = 20.0

  var top: Double { 38 + Self.legendRow * (legendPlaces.last.map { $0.row + 1 } ?? 0) }
  var bottom: Double { top + 280 }
  private var height: Double { bottom + (xLabel.isEmpty ? 34 : 56) }

  func x(_ value: Double) -> Double {
    guard let range = xTicks?.range else { return Self.left }
    return Self.left + Self.position(value, range) * (Self.right - Self.left)
  }

  func y(_ value: Double) -> Double {
    bottom - Self.position(value, yTicks.range) * (bottom - top)
  }

  private static func position(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  /// The finished drawing with the marks between grid and axes.
  func svg(_ marks: [String]) -> SVG {
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" class="norma-plot" role="img" \
      aria-label="\(HTML.escape(title))" viewBox="0 0 \(format(Self.width)) \(format(height))">
      """,
      "<title>\(HTML.escape(title))</title>", "<desc>\(HTML.escape(description))</desc>",
      "<style>\(HTML.escape(StyleSheet.plot))</style>",
      text(title, x: Self.left, y: 22, style: "heading"),
    ]
    lines += legendMarks + grid + marks
    lines.append(line(Self.left, bottom, Self.right, bottom, style: "axis"))
    lines.append(text(xLabel, x: (Self.left + Self.right) / 2, y: height - 14, anchor: "middle"))
    let middle = (top + bottom) / 2
    lines.append(
      text(
        yLabel, x: 18, y: middle, anchor: "middle", more: "transform=\"rotate(-90 18 \(format(middle)))\""))
    lines.append("</svg>")
    return SVG(source: lines.joined(separator: "\n"))
  }

  private var grid: [String] {
    let horizontal = zip(yTicks.values, yTicks.labels).flatMap { value, label in
      [
        line(Self.left, y(value), Self.right, y(value), style: "grid"),
        text(label, x: Self.left - 8, y: y(value) + 4, anchor: "end"),
      ]
    }
    let vertical = xTicks.map { ticks in
      zip(ticks.values, ticks.labels).flatMap { value, label in
        [
          line(x(value), top, x(value), bottom, style: "grid"),
          text(label, x: x(value), y: bottom + 20, anchor: "middle"),
        ]
      }
    }
    return horizontal + (vertical ?? [])
  }

  private var legendMarks: [String] {
    zip(legend, legendPlaces).flatMap { entry, place in
      let y = 46 + Self.legendRow * place.row
      return [
        line(
          place.x, y - 4, place.x + 22, y - 4, style: "curve",
          more: entry.isReference ? referenceStroke : stroke(entry.colour)),
        text(entry.name, x: place.x + 28, y: y),
      ]
    }
  }

  /// Where the legend's entries start, in as many rows as they need.
  private var legendPlaces: [(x: Double, row: Double)] {
    var next = (x: Self.left, row: 0.0)
    return legend.map { entry in
      // SVG does not measure text; this is wide enough for all but the widest letters.
      let width = 44 + 7.2 * Double(entry.name.count)
      if next.x > Self.left, next.x + width > Self.right { next = (Self.left, next.row + 1) }
      defer { next.x += width }
      return next
    }
  }
}

/// The colour of a mark; there are six, told apart by dashes as well from the second round on.
func colour(_ index: Int) -> String { "var(--c\(index % 6))" }

func stroke(_ index: Int) -> String {
  "style=\"stroke: \(colour(index))\"" + (index >= 6 ? " stroke-dasharray=\"2 3\"" : "")
}

/// The look of thresholds and chance levels, which are no data.
let referenceStroke = "style=\"stroke: var(--ink)\" stroke-dasharray=\"6 4\""

func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String, more: String = "") -> String
{
  """
  <line class="\(style)" x1="\(coordinate(x1))" y1="\(coordinate(y1))" x2="\(coordinate(x2))" y2="\(coordinate(y2))" \(more)/>
  """
}

func text(
  _ content: String, x: Double, y: Double, anchor: String = "start", style: String = "label",
  more: String = ""
) -> String {
  """
  <text class="\(style)" x="\(coordinate(x))" y="\(coordinate(y))" text-anchor="\(anchor)" \(more)>\
  \(HTML.escape(content))</text>
  """
}
