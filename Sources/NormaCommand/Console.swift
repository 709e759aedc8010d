import ArgumentParser
import Foundation

/// How a command speaks: results on stdout, the log on stderr.
struct Console: ParsableArguments {
  enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Flag(name: [.short, .long], help: "Say nothing but results and errors.")
  var quiet = false

  @Option(help: "How log lines look.")
  var logFormat = LogFormat.text

  private static let isTerminal = isatty(STDERR_FILENO) == 1

  /// A result or path, for the next program in the pipe.
  func result(_ line: String) { print(line) }

  /// A line of the log.
  func log(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    guard !quiet else { return }
    switch logFormat {
    case .text: Self.standardError(([message] + fields.map { "\($0)=\($1)" }).joined(separator: "  "))
    case .json:
      var object = ["message": message]
      for (key, value) in fields { object[key] = value }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      if let line = try? encoder.encode(object) { Self.standardError(String(decoding: line, as: UTF8.self)) }
    }
  }

  /// A line that replaces itself on a terminal; elsewhere nothing, the steps are logged.
  func progress(_ text: String) {
    guard !quiet, logFormat == .text, Self.isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
  }

  /// Ends a progress line.
  func endProgress() { progress("") }

  static func standardError(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

  /// `[#####.....]`
  static func bar(_ done: Int, of count: Int) -> String {
    let width = 24, filled = count == 0 ? width : done * width / count
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
  }

  /// `1 h 05 min`, `3 min 20 s`, `12 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "?" }
    let total = Int(seconds.rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    if hours > 0 { return "\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min" }
    return minutes > 0 ? "\(minutes) min \(rest) s" : "\(rest) s"
  }
}
