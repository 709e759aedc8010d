/// How a page's results were made; given by the caller, so that the same results make the same page.
public struct ReportProvenance: Sendable {
  /// The model bundle or run, as text.
  public let bundleName: String
  /// The names and values of the settings that matter for reading the page.
  public var settings: [(name: String, value: String)]
  /// The command line as typed; nil on pages that do not depend on the time.
  public let commandLine: String?
  /// The version of Norma.
  public let version: String
  /// The date in any format; nil on pages that do not depend on the time.
  public let date: String?

  /// The provenance of a page.
  public init(
    bundleName: String, settings: [(name: String, value: String)] = [], commandLine: String? = nil,
    version: String, date: String? = nil
  ) {
    self.bundleName = bundleName
    self.settings = settings
    self.commandLine = commandLine
    self.version = version
    self.date = date
  }

  var subtitle: String { "\(bundleName), Norma \(version)\(date.map { ", \($0)" } ?? "")." }

  var section: HTMLPage.Section {
    HTMLPage.Section(
      "How this was made",
      [
        .facts(
          [("Model", bundleName)] + settings + [("Norma", version)] + (date.map { [("Date", $0)] } ?? []))
      ] + (commandLine.map { [.code($0)] } ?? []))
  }
}
