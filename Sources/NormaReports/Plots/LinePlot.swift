/// Curves over a numeric axis, such as losses per epoch.
public struct LinePlot: Sendable {
  /// One curve.
  public struct Series: Sendable {
    /// Its name in the legend, as text.
    public let name: String
    /// Its points from left to right; points that are not finite interrupt the curve.
    public let points: [(x: Double, y: Double)]
    /// Whether the curve is a reference and drawn dashed.
    public let isReference: Bool
    /// The colour index; nil for the position among the curves.
    public let colour: Int?

    /// A curve through points.
    public init(
      _ name: String, points: [(x: Double, y: Double)], isReference: Bool = false, colour: Int? = nil
    ) {
      self.name = name
      self.points = points
      self.isReference = isReference
      self.colour = colour
    }

    /// A curve of values at 1, 2, 3, ..., such as one per epoch.
    public init(_ name: String, values: [Double]) {
      self.init(name, points: values.enumerated().map { (Double($0.offset + 1), $0.element) })
    }
  }

  /// The heading, as text.
  public let title: String
  /// The label of the horizontal axis with its unit.
  public let xLabel: String
  /// The label of the vertical axis with its unit.
  public let yLabel: String
  /// The curves in the legend's order.
  public let series: [Series]
  /// The minimum range of the horizontal axis; nil for the data's range.
  public let xRange: ClosedRange<Double>?
  /// The minimum range of the vertical axis; nil for the data's range.
  public let yRange: ClosedRange<Double>?
  /// Whether the vertical axis is logarithmic, which omits values that are not positive.
  public let isLogarithmic: Bool

  /// A plot of curves; without finite points the axes stay empty.
  public init(
    title: String, xLabel: String, yLabel: String, series: [Series], xRange: ClosedRange<Double>? = nil,
    yRange: ClosedRange<Double>? = nil, isLogarithmic: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.xRange = xRange
    self.yRange = yRange
    self.isLogarithmic = isLogarithmic
  }

  /// The drawing.
  public var svg: SVG {
    let points = series.flatMap(\.points).filter(canShow)
    let ySpan = span(points.map(\.y), yRange)
    let frame = PlotFrame(
      title: title, description: description, xLabel: xLabel, yLabel: yLabel,
      xTicks: NiceTicks(enclosing: span(points.map(\.x), xRange), count: 8),
      yTicks: isLogarithmic && ySpan.lowerBound > 0
        ? NiceTicks(decadesEnclosing: ySpan) : NiceTicks(enclosing: ySpan),
      legend: series.enumerated().map {
        LegendEntry(
          name: $0.element.name, colour: $0.element.colour ?? $0.offset, isReference: $0.element.isReference)
      })
    return frame.svg(
      series.enumerated().map { index, series in
        let style = series.isReference ? referenceStroke : stroke(series.colour ?? index)
        return "<path class=\"curve\" \(style) d=\"\(path(series, frame))\"/>"
      })
  }

  private func canShow(_ point: (x: Double, y: Double)) -> Bool {
    point.x.isFinite && point.y.isFinite && (!isLogarithmic || point.y > 0)
  }

  private var description: String {
    let ends = series.map { series in
      let finite = series.points.filter { $0.y.isFinite }
      return finite.last.map { "\(series.name) ends at \(format($0.y))" } ?? "\(series.name) has no values"
    }
    return "\(yLabel) over \(xLabel). \(ends.joined(separator: "; "))."
  }

  private func path(_ series: Series, _ frame: PlotFrame) -> String {
    var isDrawing = false
    return series.points.compactMap { point in
      defer { isDrawing = canShow(point) }
      guard canShow(point) else { return nil }
      return "\(isDrawing ? "L" : "M")\(coordinate(frame.x(point.x))) \(coordinate(frame.y(point.y)))"
    }.joined()
  }
}

/// The range of the values, widened to hold `required`; 0...1 without any.
func span(_ values: [Double], _ required: ClosedRange<Double>? = nil) -> ClosedRange<Double> {
  let bounds = values.filter(\.isFinite) + (required.map { [$0.lowerBound, $0.upperBound] } ?? [])
  guard let lower = bounds.min(), let upper = bounds.max() else { return 0...1 }
  return lower...upper
}
