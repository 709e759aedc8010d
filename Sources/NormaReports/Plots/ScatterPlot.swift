/// Points of two numbers, such as volume against age, in one colour per group; the points of a line are joined.
public struct ScatterPlot: Sendable {
  /// Points of one colour.
  public struct Group: Sendable {
    /// Its name in the legend, as text.
    public let name: String
    /// Its points by line.
    public let lines: [[(x: Double, y: Double)]]

    /// A group of points that are not joined; those that are not finite are left out.
    public init(_ name: String, points: [(x: Double, y: Double)]) {
      self.init(name, lines: points.map { [$0] })
    }

    /// A group of lines; points that are not finite are left out.
    public init(_ name: String, lines: [[(x: Double, y: Double)]]) {
      self.name = name
      self.lines = lines.map { $0.filter { $0.x.isFinite && $0.y.isFinite } }
    }
  }

  /// The heading, as text.
  public let title: String
  /// The label of the horizontal axis with its unit.
  public let xLabel: String
  /// The label of the vertical axis with its unit.
  public let yLabel: String
  /// The groups in the legend's order; a single group has no legend.
  public let groups: [Group]

  /// A plot of groups of points.
  public init(title: String, xLabel: String, yLabel: String, groups: [Group]) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.groups = groups
  }

  /// The drawing.
  public var svg: SVG {
    let points = groups.flatMap { $0.lines.joined() }
    let frame = PlotFrame(
      title: title, description: "\(yLabel) against \(xLabel), \(points.count) points.", xLabel: xLabel,
      yLabel: yLabel, xTicks: NiceTicks(enclosing: span(points.map(\.x)), count: 8),
      yTicks: NiceTicks(enclosing: span(points.map(\.y))),
      legend: groups.count > 1
        ? groups.enumerated().map { LegendEntry(name: $0.element.name, colour: $0.offset) } : [])
    return frame.svg(
      groups.enumerated().flatMap { index, group in
        group.lines.flatMap { marks($0, colour: index, frame) }
      })
  }

  private func marks(_ points: [(x: Double, y: Double)], colour index: Int, _ frame: PlotFrame) -> [String] {
    let places = points.map { (x: frame.x($0.x), y: frame.y($0.y)) }
    let joins = zip(places, places.dropFirst()).map { start, end in
      line(start.x, start.y, end.x, end.y, style: "curve", more: stroke(index))
    }
    return joins
      + places.map { place in
        """
        <circle cx="\(coordinate(place.x))" cy="\(coordinate(place.y))" r="4" \
        style="fill: \(colour(index))" fill-opacity="0.7"/>
        """
      }
  }
}
