/// A piece of HTML that is safe to embed, because text is always escaped.
public struct HTML: Hashable, Sendable {
  /// The markup.
  public let source: String

  /// Markup made by this module.
  init(markup: String) { source = markup }

  /// Escaped text.
  public static func text(_ text: String) -> HTML { HTML(markup: escape(text)) }

  /// The concatenation of the parts.
  static func joined(_ parts: [HTML], separator: String = "") -> HTML {
    HTML(markup: parts.map(\.source).joined(separator: separator))
  }

  /// An element with escaped attribute values; attributes keep their order.
  static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: HTML...)
    -> HTML
  {
    HTML(markup: "<\(name)\(markup(attributes))>\(joined(content).source)</\(name)>")
  }

  /// An element that has no content, such as `img`.
  static func void(_ name: String, _ attributes: KeyValuePairs<String, String>) -> HTML {
    HTML(markup: "<\(name)\(markup(attributes))>")
  }

  private static func markup(_ attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0.key)=\"\(escape($0.value))\"" }.joined()
  }

  /// The text with `& < > " '` as entities, fit for HTML and XML content and quoted attributes; characters
  /// that XML forbids become U+FFFD.
  public static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
