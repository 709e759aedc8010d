import Foundation
import Norma

/// A table of text: aligned and truncated to the width of a terminal, tab-separated elsewhere.
struct TextTable {
  let columns: [String]
  let rows: [[String]]

  private static let gap = 2
  /// The width to which cells are truncated at most.
  private static let leastWidth = 6

  /// The lines, heading first, at most `width` characters wide if cells can be truncated so far.
  private func lines(width: Int) -> [String] {
    let all = [columns] + rows
    var widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    // The widest column shrinks until the table fits.
    while widths.reduce(0, +) + Self.gap * (widths.count - 1) > width,
      let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.leastWidth
    {
      widths[widest] -= 1
    }
    return all.map { row in
      let cells = zip(row, widths).map { cell, width in
        // Paths and names differ at their ends.
        let shown = cell.count > width ? "…" + cell.suffix(width - 1) : cell
        return shown + String(repeating: " ", count: width - shown.count)
      }
      return String(
        cells.joined(separator: String(repeating: " ", count: Self.gap)).reversed().drop { $0 == " " }
          .reversed())
    }
  }

  /// Prints to stdout.
  func print() {
    guard let width = Self.terminalWidth else {
      var table = Table(columns: columns)
      table.rows = rows
      return StandardStreams.output(table.text)
    }
    for line in lines(width: width) { Console.print(line) }
  }

  private static var terminalWidth: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
