/// Precision over recall, one curve per method, with the chance level.
public struct PrecisionRecallPlot: Sendable {
  /// One method's curve.
  public struct Curve: Sendable {
    /// The method's name, as text.
    public let name: String
    /// Recall 0...1 of each threshold.
    public let recall: [Double]
    /// Precision 0...1 of each threshold.
    public let precision: [Double]
    /// The area under the curve, 0...1.
    public let area: Double
    /// The colour index; nil for the position among the curves.
    public let colour: Int?

    /// A curve; recall and precision must have one value per threshold.
    public init(name: String, recall: [Double], precision: [Double], area: Double, colour: Int? = nil) {
      precondition(recall.count == precision.count, "recall and precision of different lengths")
      self.name = name
      self.recall = recall
      self.precision = precision
      self.area = area
      self.colour = colour
    }
  }

  /// The curves in the legend's order.
  public let curves: [Curve]
  /// The fraction of lesion voxels, which is the precision of chance, 0...1.
  public let prevalence: Double
  /// The heading, as text.
  public let title: String

  /// A plot of curves and the chance level.
  public init(curves: [Curve], prevalence: Double, title: String = "Precision and recall of voxels") {
    self.title = title
    self.curves = curves
    self.prevalence = prevalence
  }

  /// The drawing.
  public var svg: SVG {
    let lines = curves.map { curve in
      LinePlot.Series(
        "\(curve.name) (AUPRC \(format(curve.area)))",
        points: zip(curve.recall, curve.precision).map { (x: $0, y: $1) },
        colour: curve.colour)
    }
    let chance = LinePlot.Series(
      "chance", points: [(x: 0, y: prevalence), (x: 1, y: prevalence)], isReference: true)
    return LinePlot(
      title: title, xLabel: "Recall", yLabel: "Precision",
      series: lines + [chance], xRange: 0...1, yRange: 0...1
    ).svg
  }
}
