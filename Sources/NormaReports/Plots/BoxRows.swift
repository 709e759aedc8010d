/// The distribution of values in many groups, one row each: quartiles as a box, whiskers to the last value
/// within 1.5 box heights, values beyond as dots.
public struct BoxRows: Sendable {
  /// The heading, as text.
  public let title: String
  /// The label of the axis with its unit.
  public let xLabel: String
  /// The groups from top to bottom.
  public let groups: [BoxPlot.Group]
  /// The colour index of each group.
  public let colours: [Int]
  /// The minimum range of the axis.
  public let xRange: ClosedRange<Double>

  /// A plot of groups; each needs a colour.
  public init(
    title: String, xLabel: String, groups: [BoxPlot.Group], colours: [Int], xRange: ClosedRange<Double>
  ) {
    precondition(groups.count == colours.count, "a group without a colour")
    self.title = title
    self.xLabel = xLabel
    self.groups = groups
    self.colours = colours
    self.xRange = xRange
  }

  /// The drawing.
  public var svg: SVG {
    let summaries = groups.map { Quartiles($0.values) }
    let described = zip(groups, summaries).map { group, summary in
      summary.map { "\(group.name): median \(format($0.median)) of \($0.sorted.count) values" }
        ?? "\(group.name): no values"
    }
    let frame = RowFrame(
      title: title, description: described.joined(separator: "; ") + ".", xLabel: xLabel,
      xTicks: NiceTicks(enclosing: span(groups.flatMap(\.values), xRange)), names: groups.map(\.name))
    return frame.svg(
      zip(summaries, colours).enumerated().flatMap { row, group in
        group.0.map { marks($0, colour: group.1, y: frame.y(row), frame) } ?? []
      })
  }

  private func marks(_ summary: Quartiles, colour index: Int, y: Double, _ frame: RowFrame) -> [String] {
    let half = 8.0, look = "style=\"stroke: \(colour(index))\""
    let box = rectangle(
      frame.x(summary.lower), y - half, frame.x(summary.upper), y + half, colour: index,
      more: "fill-opacity=\"0.25\"")
    let whiskers = [(summary.lowestInside, summary.lower), (summary.upper, summary.highestInside)].map {
      line(frame.x($0), y, frame.x($1), y, style: "curve", more: look)
    }
    let median = line(
      frame.x(summary.median), y - half, frame.x(summary.median), y + half, style: "curve", more: look)
    let outside = summary.sorted.filter { $0 < summary.lowestInside || $0 > summary.highestInside }
    let dots = outside.map {
      "<circle cx=\"\(coordinate(frame.x($0)))\" cy=\"\(coordinate(y))\" r=\"2.5\" "
        + "style=\"fill: \(colour(index))\" fill-opacity=\"0.6\"/>"
    }
    return [box] + whiskers + [median] + dots
  }
}
