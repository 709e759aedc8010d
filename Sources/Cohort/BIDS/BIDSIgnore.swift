import Foundation

/// The files that the `.bidsignore` of a data set leaves out, with the patterns of `.gitignore`.
struct BIDSIgnore {
  private struct Rule {
    let regex: Regex<AnyRegexOutput>
    let isNegated: Bool
    let isOnlyForFolders: Bool
  }

  private let rules: [Rule]

  /// Reads the file in the folder of a data set; without one nothing is ignored.
  init(of root: URL) {
    let text = try? String(contentsOf: root.appendingPathComponent(".bidsignore"), encoding: .utf8)
    self.init(text ?? "")
  }

  init(_ text: String) { rules = text.split(whereSeparator: \.isNewline).compactMap(Self.rule) }

  /// Whether a path relative to the data set is ignored, or a folder on the way to it.
  func ignores(_ path: String, isFolder: Bool = false) -> Bool {
    let names = path.split(separator: "/")
    return names.indices.contains { last in
      let isLast = last == names.count - 1
      return matches(names[...last].joined(separator: "/"), isFolder: isFolder || !isLast)
    }
  }

  /// The last rule that matches decides.
  private func matches(_ path: String, isFolder: Bool) -> Bool {
    let last = rules.last { (isFolder || !$0.isOnlyForFolders) && path.wholeMatch(of: $0.regex) != nil }
    return last?.isNegated == false
  }

  private static func rule(_ line: Substring) -> Rule? {
    var pattern = line.trimmingCharacters(in: .whitespaces)[...]
    guard !pattern.isEmpty, !pattern.hasPrefix("#") else { return nil }
    let isNegated = pattern.hasPrefix("!")
    if isNegated { pattern = pattern.dropFirst() }
    let isOnlyForFolders = pattern.hasSuffix("/")
    if isOnlyForFolders { pattern = pattern.dropLast() }
    // A pattern without a slash matches a name at any depth.
    if !pattern.contains("/") { pattern = "**/" + pattern }
    if pattern.hasPrefix("/") { pattern = pattern.dropFirst() }
    return (try? Regex(expression(pattern))).map {
      Rule(regex: $0, isNegated: isNegated, isOnlyForFolders: isOnlyForFolders)
    }
  }

  /// Returns the regular expression of a pattern.
  private static func expression(_ pattern: Substring) -> String {
    var rest = pattern, result = ""
    let wildcards = [("**/", "(?:.*/)?"), ("/**", "/.*"), ("**", ".*"), ("*", "[^/]*"), ("?", "[^/]")]
    while let first = rest.first {
      if let (text, expression) = wildcards.first(where: { rest.hasPrefix($0.0) }) {
        result += expression
        rest = rest.dropFirst(text.count)
      } else if first == "[", let end = rest.dropFirst(2).firstIndex(of: "]") {
        let set = rest[rest.index(after: rest.startIndex)..<end]
        result += set.hasPrefix("!") ? "[^\(set.dropFirst())]" : "[\(set)]"
        rest = rest[rest.index(after: end)...]
      } else {
        result += NSRegularExpression.escapedPattern(for: String(first))
        rest = rest.dropFirst()
      }
    }
    return result
  }
}
