/// How a run was made, given from outside so that the same run makes the same page.
public struct ReportProvenance: Sendable {
  /// The model bundle or run, as text.
  public let bundleName: String
  /// Names and values of the thresholds and other settings that matter for reading the page.
  public var settings: [(name: String, value: String)]
  /// The command line as typed; nil in pages that are the same whenever they are made.
  public let commandLine: String?
  /// The version of Norma.
  public let version: String
  /// The date, in whatever format the caller prefers; nil as the command line.
  public let date: String?

  /// A run's provenance.
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
