/// How a run was made, given from outside so that the same run makes the same page.
public struct ReportProvenance: Sendable {
  /// The model bundle or run, as text.
  public let bundleName: String
  /// Names and values of the thresholds and other settings that matter for reading the page.
  public let settings: [(name: String, value: String)]
  /// The command line as typed.
  public let commandLine: String
  /// The version of Norma.
  public let version: String
  /// The date, in whatever format the caller prefers.
  public let date: String

  /// A run's provenance.
  public init(
    bundleName: String, settings: [(name: String, value: String)] = [], commandLine: String,
    version: String, date: String
  ) {
    self.bundleName = bundleName
    self.settings = settings
    self.commandLine = commandLine
    self.version = version
    self.date = date
  }

  var subtitle: String { "\(bundleName), Norma \(version), \(date)." }

  var section: HTMLPage.Section {
    HTMLPage.Section(
      "How this was made",
      [
        .facts([("Model", bundleName)] + settings + [("Norma", version), ("Date", date)]),
        .code(commandLine),
      ])
  }
}
