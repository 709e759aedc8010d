/// A grid of drawings, such as one per method.
public struct PlotGrid: Sendable {
  /// The title, as text.
  public let title: String
  /// The drawings, row by row.
  public let plots: [SVG]

  /// Drawings in rows of two.
  public init(title: String, plots: [SVG]) {
    self.title = title
    self.plots = plots
  }

  private static let columns = 2

  /// The drawing; a single plot stays as it is.
  public var svg: SVG {
    if plots.count == 1 { return plots[0] }
    let rows = stride(from: 0, to: plots.count, by: Self.columns).map {
      Array(plots[$0..<min($0 + Self.columns, plots.count)])
    }
    var marks = [String](), y = 0.0
    for row in rows {
      var x = 0.0
      for plot in row {
        marks.append(plot.placed(x: x, y: y))
        x += plot.width
      }
      y += row.map(\.height).max() ?? 0
    }
    return SVG(
      title: title, description: "\(plots.count) plots.", width: PlotFrame.width * Double(Self.columns),
      height: max(y, 1), marks: marks)
  }
}

extension SVG {
  /// The drawing as part of a larger one.
  fileprivate func placed(x: Double, y: Double) -> String {
    let place = "x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" width=\"\(format(width))\" "
    return "<svg \(place)height=\"\(format(height))\" " + source.dropFirst("<svg ".count)
  }
}
