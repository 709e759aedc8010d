/// The axes of a plot with named rows.
struct RowFrame {
  let title: String
  let description: String
  let xLabel: String
  let xTicks: NiceTicks
  let names: [String]
  var legend: [LegendEntry] = []

  private static let row = 26.0
  private static let longestName = 34

  private var left: Double { 20 + (names.map { textWidth(Self.short($0)) }.max() ?? 0) }
  private var right: Double { PlotFrame.width - 20 }
  private var legendBox: Legend { Legend(entries: legend, left: 14, right: right) }

  var top: Double { 38 + legendBox.height }
  var bottom: Double { top + Self.row * Double(max(names.count, 1)) }

  func x(_ value: Double) -> Double { left + xTicks.position(value) * (right - left) }

  /// The middle of a row.
  func y(_ row: Int) -> Double { top + Self.row * (Double(row) + 0.5) }

  /// The finished drawing with the marks between grid and axes.
  func svg(_ marks: [String]) -> SVG {
    let grid = zip(xTicks.values, xTicks.labels).flatMap { value, label in
      [
        line(x(value), top, x(value), bottom, style: "grid"),
        text(label, x: x(value), y: bottom + 20, anchor: "middle"),
      ]
    }
    let rows = names.indices.map { text(Self.short(names[$0]), x: left - 10, y: y($0) + 4, anchor: "end") }
    return SVG(
      title: title, description: description, width: PlotFrame.width, height: bottom + 52,
      marks: [text(title, x: 14, y: 22, style: "heading")] + legendBox.marks + grid + rows + marks
        + [
          line(left, top, left, bottom, style: "axis"),
          text(xLabel, x: (left + right) / 2, y: bottom + 42, anchor: "middle"),
        ])
  }

  private static func short(_ name: String) -> String {
    name.count <= longestName ? name : name.prefix(longestName - 1) + "…"
  }
}
