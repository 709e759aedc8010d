package import Foundation

/// A failure as a user should read it: what, where and what to do, with the exit code of the command.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The command's exit codes (those of sysexits.h where it has one).
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

  /// Decides the exit code.
  public var kind: Kind
  /// What happened, in one sentence.
  public var what: String
  /// The file, key or option concerned.
  public var location: String
  /// What the user can do.
  public var advice: String

  /// The three lines and the exit code.
  public init(_ kind: Kind, _ what: String, at location: String, advice: String) {
    (self.kind, self.location, self.advice) = (kind, location, advice)
    // What another library says may come in lines; a problem has three.
    self.what = what.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
  }

  /// The three lines.
  public var description: String { "\(what)\n  where: \(location)\n  what to do: \(advice)" }

  /// Any error as a problem; one that says nothing of itself is an internal error.
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
  /// What the file system refused; nil for an error of another kind.
  package init?(fileError error: CocoaError) {
    guard let path = error.filePath ?? error.url?.path else { return nil }
    let isMissing = [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code)
    self.init(
      isMissing ? .missingInput : .inputOutput, error.systemReason, at: path,
      advice: "check the path, its rights and the room on the disk")
  }
}

/// An error that can say what, where and what to do.
public protocol ProblemReport: Error {
  /// The three lines and the exit code.
  var problem: Problem { get }
}

/// The known name closest to a mistyped one, if any is close.
package func nearestName(to name: String, in known: some Sequence<String>) -> String? {
  known.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
    .filter { $0.1 <= max(2, name.count / 3) }
    .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
}

/// Levenshtein distance.
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
