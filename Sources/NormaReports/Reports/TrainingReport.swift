/// The page that `norma train` leaves in its run: losses per epoch.
public struct TrainingReport: Sendable {
  /// One loss over the epochs.
  public struct Curve: Sendable {
    /// The loss's name, for example `reconstruction, train`.
    public let name: String
    /// One value per epoch; NaN where an epoch has none.
    public let values: [Double]

    /// A loss over the epochs.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// Losses that share a plot because they share a scale.
  public struct Panel: Sendable {
    /// The plot's heading.
    public let title: String
    /// The curves of the plot.
    public let curves: [Curve]

    /// A plot of curves.
    public init(title: String, curves: [Curve]) {
      self.title = title
      self.curves = curves
    }
  }

  /// The method's name.
  public let method: String
  /// The plots from top to bottom.
  public let panels: [Panel]
  /// How the run was made.
  public let provenance: ReportProvenance

  /// A report about one training run.
  public init(method: String, panels: [Panel], provenance: ReportProvenance) {
    self.method = method
    self.panels = panels
    self.provenance = provenance
  }

  /// The page.
  public var page: HTMLPage {
    HTMLPage(
      title: "Training of \(method)", subtitle: provenance.subtitle,
      sections: [
        HTMLPage.Section("Losses", panels.map(plot)),
        HTMLPage.Section("Last and best values", [.table(table)]),
        provenance.section,
      ])
  }

  private func plot(_ panel: Panel) -> HTMLPage.Block {
    .plot(
      LinePlot(
        title: panel.title, xLabel: "Epoch", yLabel: "Loss",
        series: panel.curves.map { LinePlot.Series($0.name, values: $0.values) }
      ).svg, caption: "\(panel.title) after each epoch.")
  }

  private var table: ReportTable {
    ReportTable(
      caption: "Losses at the end and at their lowest",
      columns: [.text("Loss"), .number("Last"), .number("Lowest"), .number("In epoch")],
      rows: panels.flatMap(\.curves).map { curve in
        let finite = curve.values.enumerated().filter { $0.element.isFinite }
        let lowest = finite.min { $0.element < $1.element }
        return [
          curve.name, format(finite.last?.element ?? .nan), format(lowest?.element ?? .nan),
          lowest.map { String($0.offset + 1) } ?? "–",
        ]
      })
  }
}
