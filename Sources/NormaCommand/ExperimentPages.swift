import Foundation
import Norma
import NormaReports

/// An experiment for the terminal.
struct ExperimentPages {
  private let results: ExperimentResults

  init(_ results: ExperimentResults) { self.results = results }

  /// The main table in fixed width.
  var summary: String {
    let columns = [
      ("AUPRC", "auprc"), ("Dice oracle", "dice_oracle"), ("Dice FPR 1 %", "dice_healthy_fpr_0.01"),
    ]
    var lines = [Self.line("method", "chain", columns.map(\.0))]
    for row in results.rows where row.isHeadline {
      lines.append(Self.line(row.method, row.chain, columns.map { Self.text(row.figures[$0.1]) }))
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ method: String, _ chain: String, _ cells: [String]) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
    return padded(method, 22) + padded(chain, 18) + cells.map { padded($0, 24) }.joined()
  }

  private static func text(_ figure: ExperimentResults.Figure?) -> String {
    guard let figure else { return "n/a" }
    let range = figure.interval.map { String(format: " [%.3f, %.3f]", $0[0], $0[1]) } ?? ""
    return String(format: "%.3f", figure.mean) + range
  }
}
