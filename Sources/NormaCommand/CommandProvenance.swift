import Foundation
import Norma
import NormaReports

extension ReportProvenance {
  /// The provenance of a page that this run of the command writes.
  init(bundleName: String, settings: [(name: String, value: String)] = []) {
    self.init(
      bundleName: bundleName, settings: settings, commandLine: Self.shellLine(CommandLine.arguments),
      version: NormaVersion.current, date: Date.now.formatted(.iso8601.year().month().day()))
  }

  /// The words as a shell reads them back: those with a space or a special character in quotes.
  static func shellLine(_ words: [String]) -> String {
    words.map { word in
      guard word.isEmpty || word.contains(/[^\p{L}\p{N}_.,:=+@%\/-]/) else { return word }
      return "'\(word.replacing("'", with: "'\\''"))'"
    }.joined(separator: " ")
  }
}
