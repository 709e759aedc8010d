import FlyingFox
import Foundation

/// The reason why a request is not answered.
struct HTTPRefusal: Error {
  let response: HTTPResponse

  init(_ status: HTTPStatusCode, _ reason: String) { response = HTTPResponse(status, text: reason) }
}

extension HTTPResponse {
  init(_ status: HTTPStatusCode = .ok, type: String, body: Data) {
    self.init(
      statusCode: status, headers: Self.fixedHeaders,
      body: HTTPBodySequence(data: body, suggestedBufferSize: 64 << 10))
    headers[.contentType] = type
    headers[.contentLength] = String(body.count)
  }

  /// A response in plain text.
  init(_ status: HTTPStatusCode, text: String) {
    self.init(status, type: "text/plain; charset=utf-8", body: Data("\(text)\n".utf8))
  }

  /// A response in JSON.
  init(_ status: HTTPStatusCode = .ok, json value: some Encodable) throws {
    self.init(status, type: "application/json", body: try JSONEncoder().encode(value))
  }

  /// The page may load and run only files of this server; other pages may not frame, read or keep them.
  private static let fixedHeaders: HTTPHeaders = [
    HTTPHeader("Content-Security-Policy"): """
    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """,
    HTTPHeader("X-Content-Type-Options"): "nosniff",
    HTTPHeader("X-Frame-Options"): "DENY",
    HTTPHeader("Referrer-Policy"): "no-referrer",
    HTTPHeader("Cross-Origin-Opener-Policy"): "same-origin",
    HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin",
    .cacheControl: "no-store",
    .connection: "close",
  ]

  /// The status line, the headers and the empty line that ends them.
  var head: Data {
    let lines = headers.map { "\($0.key.rawValue): \($0.value)\r\n" }.sorted().joined()
    return Data("HTTP/1.1 \(statusCode.code) \(statusCode.phrase)\r\n\(lines)\r\n".utf8)
  }
}
