import Base
import Foundation

/// A drawing as one SVG element, for a page or a separate file.
public struct SVG: Hashable, Sendable {
  /// The markup, well-formed XML with its own styles.
  public let source: String
  /// The size in user units.
  let width, height: Double

  /// A named drawing of marks.
  init(title: String, description: String, width: Double, height: Double, marks: [String]) {
    (self.width, self.height) = (width, height)
    source =
      ([
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="norma-plot" role="img" \
        aria-label="\(HTML.escape(title))" viewBox="0 0 \(format(width)) \(format(height))">
        """,
        "<title>\(HTML.escape(title))</title>", "<desc>\(HTML.escape(description))</desc>",
        "<style>\(HTML.escape(StyleSheet.plot))</style>",
      ] + marks + ["</svg>"]).joined(separator: "\n")
  }

  /// Writes the drawing unless the file already contains it.
  func writeIfChanged(at url: URL) throws {
    try AtomicFile.writeIfChanged(Data((source + "\n").utf8), at: url)
  }
}

/// The axes of a plot.
struct PlotFrame {
  let title: String
  let description: String
  let xLabel: String
  let yLabel: String
  /// The tick marks of the x axis; nil if it has names instead of numbers.
  var xTicks: NiceTicks?
  let yTicks: NiceTicks
  var legend: [LegendEntry] = []

  static let width = 680.0
  static let left = 70.0
  static let right = width - 20

  var top: Double { 38 + legendBox.height }
  var bottom: Double { top + 280 }
  private var height: Double { bottom + (xLabel.isEmpty ? 34 : 56) }

  func x(_ value: Double) -> Double {
    guard let xTicks else { return Self.left }
    return Self.left + xTicks.position(value) * (Self.right - Self.left)
  }

  func y(_ value: Double) -> Double { bottom - yTicks.position(value) * (bottom - top) }

  /// The finished drawing with the marks between grid and axes.
  func svg(_ marks: [String]) -> SVG {
    var lines = [text(title, x: Self.left, y: 22, style: "heading")]
    lines += legendBox.marks + grid + marks
    lines.append(line(Self.left, bottom, Self.right, bottom, style: "axis"))
    lines.append(text(xLabel, x: (Self.left + Self.right) / 2, y: height - 14, anchor: "middle"))
    let middle = (top + bottom) / 2
    lines.append(
      text(
        yLabel, x: 18, y: middle, anchor: "middle", more: "transform=\"rotate(-90 18 \(format(middle)))\""))
    return SVG(title: title, description: description, width: Self.width, height: height, marks: lines)
  }

  private var legendBox: Legend { Legend(entries: legend, left: Self.left, right: Self.right) }

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
}

/// The colour of a mark. There are six; ``stroke(_:)`` adds dashes when they repeat.
func colour(_ index: Int) -> String { "var(--c\(index % 6))" }

func stroke(_ index: Int) -> String {
  "style=\"stroke: \(colour(index))\"" + (index >= 6 ? " stroke-dasharray=\"2 3\"" : "")
}

/// The stroke of thresholds and chance levels.
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
