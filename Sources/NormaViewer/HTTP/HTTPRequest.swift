import Foundation

/// A request whose head and body have arrived.
struct HTTPRequest: Sendable {
  let method: String
  /// Without the query, as it came: no percent escape is resolved.
  let path: String
  /// What stands behind the `?`.
  let query: String
  /// Values by lower-case name; a name that comes twice is refused.
  let headers: [String: String]
  var body = Data()

  /// Reads a head without its empty line; throws an ``HTTPRefusal`` for one that is no HTTP/1 or leaves room for doubt.
  init(head: Data) throws {
    guard let text = String(data: head, encoding: .utf8) else {
      throw HTTPRefusal(.badRequest, "The head is no UTF-8.")
    }
    var lines = text.components(separatedBy: "\r\n")
    let start = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
    guard start.count == 3, start[2] == "HTTP/1.1" || start[2] == "HTTP/1.0", start[1].hasPrefix("/") else {
      throw HTTPRefusal(.badRequest, "The first line is no HTTP request.")
    }
    let target = start[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    (method, path, query) = (String(start[0]), String(target[0]), target.count > 1 ? String(target[1]) : "")
    var headers = [String: String]()
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
        !line[..<colon].contains(where: \.isWhitespace)
      else { throw HTTPRefusal(.badRequest, "A line of the head is no header.") }
      let name = line[..<colon].lowercased()
      guard headers[name] == nil else { throw HTTPRefusal(.badRequest, "A header comes twice.") }
      headers[name] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    self.headers = headers
  }

  /// Bytes of the body that follow; throws an ``HTTPRefusal`` above `limit` and for bodies in chunks.
  func bodyLength(limit: Int) throws -> Int {
    guard headers["transfer-encoding"] == nil else {
      throw HTTPRefusal(.lengthRequired, "Send the body with its length.")
    }
    guard let text = headers["content-length"] else { return 0 }
    guard let length = Int(text), length >= 0 else {
      throw HTTPRefusal(.badRequest, "The length of the body is no number.")
    }
    guard length <= limit else { throw HTTPRefusal(.tooLarge, "The body is above \(limit) bytes.") }
    return length
  }

  /// The cookie of this name.
  func cookie(_ name: String) -> String? {
    (headers["cookie"] ?? "").split(separator: ";").lazy
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .first { $0.hasPrefix("\(name)=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  /// The value of a name in the query.
  func queryValue(_ name: String) -> String? {
    query.split(separator: "&").first { $0.hasPrefix("\(name)=") }.map {
      String($0.dropFirst(name.count + 1))
    }
  }
}
