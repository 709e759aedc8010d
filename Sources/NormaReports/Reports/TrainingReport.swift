import Foundation

/// The page that `norma train` leaves in its run: losses per epoch.
public struct TrainingReport: Sendable {
  /// One loss over the epochs.
  private struct Curve {
    let name: String
    /// One value per epoch; NaN for an epoch without one.
    let values: [Double]
  }

  private let method: String
  /// The losses of each plot, by the plot's heading.
  private let panels: [(title: String, curves: [Curve])]
  private let provenance: ReportProvenance

  /// A report about a run with the columns of its `metrics.csv`, one value per epoch.
  public init(
    method: String, metrics: [(name: String, values: [Double])], provenance: ReportProvenance
  ) {
    (self.method, self.provenance) = (method, provenance)
    let terms = metrics.map(\.name).filter { $0.hasPrefix("training_") && $0 != "training_loss" }
    panels = [("Loss", ["training_loss", "validation_loss"]), ("Parts of the training loss", terms)]
      .map { title, names in
        let curves = names.map { name in
          Curve(
            name: name.replacing("_", with: " "), values: metrics.first { $0.name == name }?.values ?? [])
        }
        return (title, curves.filter { $0.values.contains(where: \.isFinite) })
      }
      .filter { _, curves in !curves.isEmpty }
  }

  /// The page.
  public var page: HTMLPage {
    HTMLPage(
      title: "Training of \(method)", subtitle: provenance.subtitle,
      sections: [
        HTMLPage.Section("Losses", plots + [panels.isEmpty ? Self.noLosses : .table(table)]),
        provenance.section,
      ])
  }

  private static let noLosses = HTMLPage.Block.paragraph(
    "This method has no losses: it is fitted in one pass over the scans.")

  /// A curve needs two epochs.
  private var plots: [HTMLPage.Block] {
    panels.filter { _, curves in curves.contains { $0.values.count(where: \.isFinite) > 1 } }.map(plot)
  }

  private func plot(_ title: String, _ curves: [Curve]) -> HTMLPage.Block {
    .plot(
      LinePlot(
        title: title, xLabel: "Epoch", yLabel: "Loss",
        series: curves.map { LinePlot.Series($0.name, values: $0.values) }
      ).svg, caption: "\(title) after each epoch.")
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
