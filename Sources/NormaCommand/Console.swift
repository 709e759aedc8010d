import ArgumentParser
import Foundation
import Norma

/// A command with a log; its errors take the log's format.
protocol LoggingCommand: ParsableCommand {
  var console: Console { get }
}

/// The output of a command: results on stdout, the log on stderr.
struct Console: ParsableArguments {
  enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Flag(name: [.short, .long], help: "Print only results and errors.")
  var quiet = false

  @Option(help: "Format of log lines.")
  var logFormat = LogFormat.text

  private static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Prints a result or path, for the next program in the pipe.
  func result(_ line: String) { Self.print(line) }

  /// Prints a line to stdout.
  static func print(_ line: String) { StandardStreams.output("\(line)\n") }

  /// Logs a line.
  func log(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    guard !quiet else { return }
    switch logFormat {
    case .text: Self.standardError(([message] + fields.map { "\($0)=\($1)" }).joined(separator: "  "))
    case .json: Self.json(["message": message].merging(fields.map { ($0, $1) }) { $1 })
    }
  }

  /// Logs a failure of the command or of one case, even if quiet.
  func failure(_ problem: Problem, ofCase caseID: String? = nil) {
    switch logFormat {
    case .text: Self.standardError("\(caseID.map { "failed: \($0)" } ?? "error"): \(problem)")
    case .json:
      var object = ["error": problem.what, "where": problem.location, "what to do": problem.advice]
      object["case"] = caseID
      Self.json(object)
    }
  }

  /// Logs a problem that left something out without stopping the rest, even if quiet.
  func warning(_ problem: Problem) {
    switch logFormat {
    case .text: Self.standardError("warning: \(problem)")
    case .json:
      Self.json(["warning": problem.what, "where": problem.location, "what to do": problem.advice])
    }
  }

  /// Whether lines that replace themselves are shown.
  var hasProgressLine: Bool { !quiet && logFormat == .text && Self.isTerminal }

  /// Shows a line that replaces itself on a terminal; prints nothing elsewhere.
  func progress(_ text: String) {
    guard hasProgressLine else { return }
    StandardStreams.error("\r\u{1B}[2K\(text)")
  }

  /// Shows the progress of a calibration.
  func calibrating(_ done: Int, _ count: Int) {
    progress("calibrating \(Self.bar(done, of: count)) \(done)/\(count)")
  }

  /// Ends a progress line.
  func endProgress() { progress("") }

  private static func json(_ object: [String: String]) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if let line = try? encoder.encode(object) { standardError(String(decoding: line, as: UTF8.self)) }
  }

  static func standardError(_ line: String) { StandardStreams.error("\(line)\n") }

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
