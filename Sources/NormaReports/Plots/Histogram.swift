/// A histogram of values with an optional threshold.
public struct Histogram: Sendable {
  /// The heading, as text.
  public let title: String
  /// The label of the horizontal axis with its unit.
  public let xLabel: String
  /// The values; those not finite are left out.
  public let values: [Double]
  /// The number of bins.
  public let bins: Int
  /// The threshold, which a dashed line marks.
  public let threshold: Double?

  /// A histogram of values.
  public init(title: String, xLabel: String, values: [Double], bins: Int = 30, threshold: Double? = nil) {
    precondition(bins > 0, "a histogram needs bins")
    self.title = title
    self.xLabel = xLabel
    self.values = values
    self.bins = bins
    self.threshold = threshold
  }

  /// The drawing.
  public var svg: SVG {
    let finite = values.filter(\.isFinite)
    let marked = span(finite + (threshold.map { [$0] } ?? []))
    let ticks = NiceTicks(enclosing: marked, count: 8)
    let width = (ticks.range.upperBound - ticks.range.lowerBound) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for value in finite {
      counts[min(Int((value - ticks.range.lowerBound) / width), bins - 1)] += 1
    }
    let frame = PlotFrame(
      title: title,
      description:
        "\(finite.count) values from \(format(finite.min() ?? .nan)) to \(format(finite.max() ?? .nan)).",
      xLabel: xLabel, yLabel: "Count", xTicks: ticks,
      yTicks: NiceTicks(enclosing: 0...Double(max(counts.max() ?? 0, 1))),
      legend: threshold.map { [LegendEntry(name: "threshold \(format($0))", colour: 0, isReference: true)] }
        ?? [])
    let bars = counts.enumerated().filter { $0.element > 0 }.map { index, count in
      let left = frame.x(ticks.range.lowerBound + Double(index) * width)
      let right = frame.x(ticks.range.lowerBound + Double(index + 1) * width)
      return rectangle(left + 0.5, frame.y(Double(count)), right - 0.5, frame.bottom, colour: 0)
    }
    let mark = threshold.map {
      line(
        frame.x($0), frame.top, frame.x($0), frame.bottom, style: "curve",
        more: referenceStroke)
    }
    return frame.svg(bars + (mark.map { [$0] } ?? []))
  }
}

func rectangle(
  _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, colour index: Int, more: String = ""
)
  -> String
{
  """
  <rect x="\(coordinate(left))" y="\(coordinate(top))" width="\(coordinate(max(right - left, 0)))" \
  height="\(coordinate(max(bottom - top, 0)))" style="fill: \(colour(index))" \(more)/>
  """
}
