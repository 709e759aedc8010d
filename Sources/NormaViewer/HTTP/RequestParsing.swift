import FlyingFox
import Foundation

extension HTTPRequest {
  /// Parses a request line and headers, without the empty line that ends them. Throws an ``HTTPRefusal`` for
  /// anything but unambiguous HTTP/1.
  init(head: Data) throws {
    guard let text = String(data: head, encoding: .utf8) else {
      throw HTTPRefusal(.badRequest, "The head is not UTF-8.")
    }
    var lines = text.components(separatedBy: "\r\n")
    let start = lines.removeFirst().components(separatedBy: " ")
    guard start.count == 3, ["HTTP/1.1", "HTTP/1.0"].contains(start[2]), start[1].hasPrefix("/") else {
      throw HTTPRefusal(.badRequest, "The first line is not an HTTP request.")
    }
    var headers = HTTPHeaders()
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
        !line[..<colon].contains(where: \.isWhitespace)
      else { throw HTTPRefusal(.badRequest, "A line of the head is not a header.") }
      let name = HTTPHeader(String(line[..<colon]))
      guard headers[name] == nil else { throw HTTPRefusal(.badRequest, "A header occurs twice.") }
      headers[name] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let target = start[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    self.init(
      method: HTTPMethod(start[0]), version: HTTPVersion(start[2]),
      target: Target(path: target[0], query: target.count > 1 ? target[1] : ""),
      headers: headers, body: HTTPBodySequence())
  }

  /// Returns the length of the body in bytes. Throws an ``HTTPRefusal`` above `limit` and for a chunked body.
  func bodyLength(limit: Int) throws -> Int {
    guard headers[.transferEncoding] == nil else {
      throw HTTPRefusal(.lengthRequired, "Send the body with its length.")
    }
    guard let length = Int(headers[.contentLength] ?? "0"), length >= 0 else {
      throw HTTPRefusal(.badRequest, "The length of the body is not a number.")
    }
    guard length <= limit else { throw HTTPRefusal(.payloadTooLarge, "The body is above \(limit) bytes.") }
    return length
  }

  /// Returns the cookie of this name.
  func cookie(_ name: String) -> String? {
    (headers[.cookie] ?? "").split(separator: ";").lazy
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .first { $0.hasPrefix("\(name)=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }
}
