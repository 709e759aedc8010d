import FlyingFox
import Foundation

/// Admits only requests that carry the session's token and come from the viewer's own page.
///
/// The first visit carries the token in its URL and receives it as a cookie. A page of another site cannot learn
/// the token. Its requests have another `Origin`, or another `Host` if its domain name resolves to 127.0.0.1.
struct Gatekeeper: Sendable {
  let port: UInt16
  private let token = (0..<4).map { _ in String(format: "%016lx", UInt64.random(in: .min ... .max)) }.joined()

  init(port: UInt16) { self.port = port }

  /// The URL that the user opens.
  var address: String { "http://127.0.0.1:\(port)/?token=\(token)" }

  /// A name of its own for each viewer, since browsers send cookies to every port of a host.
  private var cookieName: String { "norma-\(port)" }

  /// The `Set-Cookie` value that admits the page's own requests.
  var cookie: String { "\(cookieName)=\(token); HttpOnly; SameSite=Strict; Path=/" }

  /// Throws an ``HTTPRefusal`` for a request that is not the user's.
  func admit(_ request: HTTPRequest) throws {
    guard let host = request.headers[.host], ["127.0.0.1:\(port)", "localhost:\(port)"].contains(host) else {
      throw HTTPRefusal(.forbidden, "This server answers to 127.0.0.1:\(port) only.")
    }
    let isFirstVisit = request.method == .GET && request.target.path() == "/"
    let tokens = [request.cookie(cookieName), isFirstVisit ? request.query["token"] : nil]
    guard tokens.contains(where: { $0.map(isToken) == true }) else {
      throw HTTPRefusal(.forbidden, "Open the address that norma view has printed, with its token.")
    }
    let site = request.headers[HTTPHeader("Sec-Fetch-Site")]
    guard isFirstVisit || ["same-origin", "none", nil].contains(site) else {
      throw HTTPRefusal(.forbidden, "Another site may not read.")
    }
    guard request.method == .GET || request.headers[HTTPHeader("Origin")] == "http://\(host)" else {
      throw HTTPRefusal(.forbidden, "Another site may not write.")
    }
  }

  /// Compares in a time that does not depend on the number of correct characters.
  private func isToken(_ text: String) -> Bool {
    let (given, expected) = (Array(text.utf8), Array(token.utf8))
    return given.count == expected.count && zip(given, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
