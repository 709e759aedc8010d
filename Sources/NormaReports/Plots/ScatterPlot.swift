/// Points of two numbers, such as volume against age, in one colour per group.
public struct ScatterPlot: Sendable {
  /// Points of one colour.
  public struct Group: Sendable {
    /// Its name in the legend, as text.
    public let name: String
    /// Its points.
    public let points: [(x: Double, y: Double)]

    /// A group of points; those that are not finite are left out.
    public init(_ name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
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
    let points = groups.flatMap(\.points)
    let frame = PlotFrame(
      title: title, description: "\(yLabel) against \(xLabel), \(points.count) points.", xLabel: xLabel,
      yLabel: yLabel, xTicks: NiceTicks(enclosing: span(points.map(\.x)), count: 8),
      yTicks: NiceTicks(enclosing: span(points.map(\.y))),
      legend: groups.count > 1
        ? groups.enumerated().map { LegendEntry(name: $0.element.name, colour: $0.offset) } : [])
    return frame.svg(
      groups.enumerated().flatMap { index, group in
        group.points.map { point in
          """
          <circle cx="\(coordinate(frame.x(point.x)))" cy="\(coordinate(frame.y(point.y)))" r="4" \
          style="fill: \(colour(index))" fill-opacity="0.7"/>
          """
        }
      })
  }
}
