/// Values with their intervals, one per row, and an optional reference.
public struct IntervalPlot: Sendable {
  /// One row.
  public struct Row: Sendable {
    /// Its name, as text.
    public let name: String
    /// The value; a row whose value is not finite stays empty.
    public let value: Double
    /// The interval; nil if there is none.
    public let interval: ClosedRange<Double>?
    /// The single values, such as one per seed.
    public let values: [Double]
    /// The colour index.
    public let colour: Int

    /// A value with its interval.
    public init(
      _ name: String, value: Double, interval: ClosedRange<Double>?, values: [Double] = [], colour: Int = 0
    ) {
      self.name = name
      self.value = value
      self.interval = interval
      self.values = values
      self.colour = colour
    }
  }

  /// The heading, as text.
  public let title: String
  /// The label of the axis with its unit.
  public let xLabel: String
  /// The rows from top to bottom.
  public let rows: [Row]
  /// The reference value with its name.
  public let reference: (name: String, value: Double)?

  /// A plot of values from 0 on.
  public init(title: String, xLabel: String, rows: [Row], reference: (name: String, value: Double)? = nil) {
    self.title = title
    self.xLabel = xLabel
    self.rows = rows
    self.reference = reference
  }

  /// The drawing.
  public var svg: SVG {
    let ends = rows.flatMap {
      [$0.value, $0.interval?.lowerBound, $0.interval?.upperBound].compactMap { $0 }
    }
    let described = rows.map { "\($0.name): \(format($0.value))" }.joined(separator: "; ")
    let frame = RowFrame(
      title: title, description: "\(xLabel). \(described).", xLabel: xLabel,
      xTicks: NiceTicks(enclosing: span(ends + rows.flatMap(\.values), 0...0.1)), names: rows.map(\.name),
      legend: reference.map {
        [LegendEntry(name: "\($0.name) \(format($0.value))", colour: 0, isReference: true)]
      } ?? [])
    let mark = reference.map {
      [
        line(
          frame.x($0.value), frame.top, frame.x($0.value), frame.bottom, style: "curve", more: referenceStroke
        )
      ]
    }
    return frame.svg((mark ?? []) + rows.indices.flatMap { marks(rows[$0], $0, frame) })
  }

  private func marks(_ row: Row, _ index: Int, _ frame: RowFrame) -> [String] {
    guard row.value.isFinite else { return [] }
    let y = frame.y(index), look = "style=\"stroke: \(colour(row.colour))\""
    let interval = row.interval.map {
      line(frame.x($0.lowerBound), y, frame.x($0.upperBound), y, style: "curve", more: look)
    }
    let ticks = row.values.filter(\.isFinite).map {
      line(frame.x($0), y - 6, frame.x($0), y + 6, style: "curve", more: look)
    }
    let dot = """
      <circle cx="\(coordinate(frame.x(row.value)))" cy="\(coordinate(y))" r="5" \
      style="fill: \(colour(row.colour))"/>
      """
    return (interval.map { [$0] } ?? []) + ticks + [dot]
  }
}
