import Foundation
import Norma
import NormaReports

extension ReportProvenance {
  /// The provenance of a page that this run of the command writes.
  init(bundleName: String, settings: [(name: String, value: String)] = []) {
    self.init(
      bundleName: bundleName, settings: settings, commandLine: CommandLine.arguments.shellLine,
      version: NormaVersion.current, date: Date.now.formatted(.iso8601.year().month().day()))
  }
}
