public import Base

/// An error in a configuration.
public enum ConfigurationError: Error, Hashable, Sendable {
  case unreadable(where: String, reason: String)
  case unknownKey(path: String, nearest: String?)
  case wrongType(path: String, expected: String, actual: String)
  case outOfRange(path: String, value: String, allowed: String)
  case unknownName(kind: String, name: String, known: [String])
}

extension ConfigurationError: ProblemReport {
  /// The message and the exit code.
  public var problem: Problem {
    switch self {
    case .unreadable(let place, let reason):
      Problem(
        .badData, "the configuration cannot be read: \(reason)", at: place,
        advice: "correct the syntax of the file (YAML or JSON)")
    case .unknownKey(let path, let nearest):
      Problem(
        .usage, "unknown configuration key '\(path)'", at: path,
        advice: nearest.map { "did you mean '\($0)'?" }
          ?? "see the configuration reference for the known keys")
    case .wrongType(let path, let expected, let actual):
      Problem(.usage, "'\(path)' must be \(expected), not \(actual)", at: path, advice: "give \(expected)")
    case .outOfRange(let path, let value, let allowed):
      Problem(.usage, "'\(path)' is \(value)", at: path, advice: "give \(allowed)")
    case .unknownName(let kind, let name, let known):
      Problem(
        .usage, "there is no \(kind) '\(name)'", at: kind,
        advice: (nearestName(to: name, in: known).map { "did you mean '\($0)'? " } ?? "")
          + "known: \(known.sorted().joined(separator: ", "))")
    }
  }
}
