import Norma

/// The distribution of values in groups: every value as a dot, quartiles as a box, whiskers to the last value
/// within 1.5 box heights.
public struct BoxPlot: Sendable {
  /// One group, such as the cases of one method.
  public struct Group: Sendable {
    /// Its name below the axis, as text.
    public let name: String
    /// Its values; those not finite are left out.
    public let values: [Double]

    /// A group of values.
    public init(_ name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// The heading, as text.
  public let title: String
  /// The label of the vertical axis with its unit.
  public let yLabel: String
  /// The groups from left to right.
  public let groups: [Group]
  /// What the vertical axis has to span at least; nil for the data's range.
  public let yRange: ClosedRange<Double>?

  /// A plot of groups.
  public init(title: String, yLabel: String, groups: [Group], yRange: ClosedRange<Double>? = nil) {
    self.title = title
    self.yLabel = yLabel
    self.groups = groups
    self.yRange = yRange
  }

  /// The drawing.
  public var svg: SVG {
    let summaries = groups.map { Quartiles($0.values) }
    let description = zip(groups, summaries).map { group, summary in
      summary.map {
        "\(group.name): median \(format($0.median)) of \(format(Double($0.sorted.count))) values"
      }
        ?? "\(group.name): no values"
    }
    let frame = PlotFrame(
      title: title, description: description.joined(separator: "; ") + ".", xLabel: "", yLabel: yLabel,
      yTicks: NiceTicks(enclosing: span(groups.flatMap(\.values), yRange)))
    let slot = (PlotFrame.right - PlotFrame.left) / Double(max(groups.count, 1))
    return frame.svg(
      groups.indices.flatMap { index -> [String] in
        let center = PlotFrame.left + (Double(index) + 0.5) * slot
        let label = text(groups[index].name, x: center, y: frame.bottom + 20, anchor: "middle")
        guard let summary = summaries[index] else { return [label] }
        return [label] + marks(summary, index, center: center, halfWidth: min(slot * 0.3, 60), frame)
      })
  }

  private func marks(
    _ summary: Quartiles, _ index: Int, center: Double, halfWidth: Double, _ frame: PlotFrame
  ) -> [String] {
    let box = rectangle(
      center - halfWidth, frame.y(summary.upper), center + halfWidth, frame.y(summary.lower), colour: index,
      more: "fill-opacity=\"0.2\"")
    let whiskers = [(summary.lower, summary.lowestInside), (summary.upper, summary.highestInside)].map {
      line(center, frame.y($0), center, frame.y($1), style: "curve", more: stroke(index))
    }
    let median = line(
      center - halfWidth, frame.y(summary.median), center + halfWidth, frame.y(summary.median),
      style: "curve", more: stroke(index))
    let dots = summary.sorted.enumerated().map { i, value in
      // Steps of the golden ratio spread neighbours evenly without chance.
      let spread = (Double(i) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1) - 0.5
      return """
        <circle cx="\(coordinate(center + spread * halfWidth))" cy="\(coordinate(frame.y(value)))" r="3" \
        style="fill: \(colour(index))" fill-opacity="0.7"/>
        """
    }
    return [box] + whiskers + [median] + dots
  }
}

/// The five numbers of a box plot.
struct Quartiles {
  let sorted: [Double]
  let lower: Double
  let median: Double
  let upper: Double

  /// Nil without finite values; quartiles are interpolated between values.
  init?(_ values: [Double]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    self.sorted = sorted
    lower = sorted.quantile(0.25)
    median = sorted.quantile(0.5)
    upper = sorted.quantile(0.75)
  }

  /// The lowest value not more than 1.5 box heights below the box.
  var lowestInside: Double { sorted.first { $0 >= lower - 1.5 * (upper - lower) } ?? lower }

  /// The highest value not more than 1.5 box heights above the box.
  var highestInside: Double { sorted.last { $0 <= upper + 1.5 * (upper - lower) } ?? upper }
}
