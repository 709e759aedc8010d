import Foundation

/// What the server answers.
struct HTTPResponse: Sendable {
  enum Status: String, Sendable {
    case ok = "200 OK"
    case badRequest = "400 Bad Request"
    case forbidden = "403 Forbidden"
    case notFound = "404 Not Found"
    case methodNotAllowed = "405 Method Not Allowed"
    case timeout = "408 Request Timeout"
    case lengthRequired = "411 Length Required"
    case tooLarge = "413 Content Too Large"
    case headTooLarge = "431 Request Header Fields Too Large"
    case failed = "500 Internal Server Error"
  }

  let status: Status
  let type: String
  var headers: [(name: String, value: String)] = []
  let body: Data

  init(_ status: Status = .ok, type: String, body: Data) {
    (self.status, self.type, self.body) = (status, type, body)
  }

  /// Plain words.
  init(_ status: Status, text: String) {
    self.init(status, type: "text/plain; charset=utf-8", body: Data("\(text)\n".utf8))
  }

  /// A value as JSON.
  init(_ status: Status = .ok, json value: some Encodable) throws {
    self.init(status, type: "application/json", body: try JSONEncoder().encode(value))
  }

  /// Nothing but what this server sends may run, load or be sent; nobody may frame, keep or read it elsewhere.
  private static let fixedHeaders = """
    Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
    X-Content-Type-Options: nosniff\r
    X-Frame-Options: DENY\r
    Referrer-Policy: no-referrer\r
    Cross-Origin-Opener-Policy: same-origin\r
    Cross-Origin-Resource-Policy: same-origin\r
    Cache-Control: no-store\r
    Connection: close\r

    """

  /// The head as it goes over the line, with its empty line.
  var head: Data {
    let own = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return Data(
      """
      HTTP/1.1 \(status.rawValue)\r
      Content-Type: \(type)\r
      Content-Length: \(body.count)\r
      \(own)\(Self.fixedHeaders)\r

      """.utf8)
  }
}

/// Why a request is not answered, in words for whoever sent it.
struct HTTPRefusal: Error {
  let status: HTTPResponse.Status
  let reason: String

  init(_ status: HTTPResponse.Status, _ reason: String) { (self.status, self.reason) = (status, reason) }

  var response: HTTPResponse { HTTPResponse(status, text: reason) }
}
