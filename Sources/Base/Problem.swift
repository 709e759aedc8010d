package import Foundation

/// An error message for users: what happened, where, and what to do, with the exit code of the command.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit codes of the command, taken from sysexits.h where it defines one.
  public enum Kind: Int32, Sendable {
    case someCaseFailed = 1
    case usage = 64
    case badData = 65
    case missingInput = 66
    case missingLibrary = 69
    case internalError = 70
    case outOfMemory = 71
    case cannotCreate = 73
    case inputOutput = 74
    case interrupted = 130
  }

  /// The kind, whose raw value is the exit code.
  public var kind: Kind
  /// The failure, in one sentence.
  public var what: String
  /// The file, key or option concerned.
  public var location: String
  /// The action that the user can take.
  public var advice: String
  /// The `errno` of the system call that failed; nil for any other failure.
  public var systemCode: Int32?

  /// Creates a message of three lines.
  ///
  /// - Parameters:
  ///   - kind: The kind, which decides the exit code.
  ///   - what: The failure, in one sentence; line breaks are removed.
  ///   - location: The file, key or option concerned.
  ///   - advice: The action that the user can take.
  ///   - systemCode: The `errno` of the system call that failed.
  public init(
    _ kind: Kind, _ what: String, at location: String, advice: String, systemCode: Int32? = nil
  ) {
    (self.kind, self.location, self.advice, self.systemCode) = (kind, location, advice, systemCode)
    // Messages of other libraries may contain line breaks.
    self.what = what.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
  }

  /// The message in three lines.
  public var description: String { "\(what)\n  where: \(location)\n  what to do: \(advice)" }

  /// The failure, the place unless it is the row's own `file`, and the advice in one line, for a table.
  package func sentence(about file: URL) -> String {
    "\(what)\(location == file.path ? "" : ", at \(location)") (\(advice))"
  }

  /// Converts any error. An error that is not a ``ProblemReport`` becomes an internal error.
  public init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let report as any ProblemReport: self = report.problem
    default:
      if let error = error as? CocoaError, let problem = Problem(fileError: error) {
        self = problem
        return
      }
      self.init(
        .internalError, "\(error)", at: "inside Norma",
        advice: "please report this with the command line and the log")
    }
  }
}

extension Problem {
  /// Converts an error of the file system; returns nil for any other error.
  package init?(fileError error: CocoaError) {
    guard let path = error.filePath ?? error.url?.path else { return nil }
    let isMissing = [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code)
    self.init(
      isMissing ? .missingInput : .inputOutput, error.systemReason, at: path,
      advice: "check the path, its permissions and the free disk space", systemCode: error.systemCode)
  }
}

/// An error that converts to a ``Problem``.
public protocol ProblemReport: Error {
  /// The message and the exit code.
  var problem: Problem { get }
}

/// Returns the first five of some names, and the number of the others.
package func listed(_ names: [String]) -> String {
  let shown = names.count <= 5 ? names : names.prefix(5) + ["\(names.count - 5) more"]
  return shown.joined(separator: ", ")
}

/// Returns the known name that is closest to a mistyped one, or nil if none is close.
package func nearestName(to name: String, in known: some Sequence<String>) -> String? {
  known.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
    .filter { $0.1 <= max(2, name.count / 3) }
    .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
}

/// Returns the Levenshtein distance.
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
