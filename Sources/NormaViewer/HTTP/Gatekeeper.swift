/// Lets in whoever knows the session's token, from this page alone.
///
/// The first visit brings the token in the URL and takes it away as a cookie. A page of another site can neither
/// learn it nor have its own requests pass: it has another `Origin`, and a name that it lets point to 127.0.0.1 is
/// another `Host`.
struct Gatekeeper: Sendable {
  let port: UInt16
  private let token = (0..<4).map { _ in
    let text = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }.joined()

  init(port: UInt16) { self.port = port }

  /// What the user opens.
  var address: String { "http://127.0.0.1:\(port)/?token=\(token)" }

  /// Cookies know no ports: each viewer has its own.
  private var cookieName: String { "norma-\(port)" }

  /// The `Set-Cookie` that lets the page's own requests in.
  var cookie: String { "\(cookieName)=\(token); HttpOnly; SameSite=Strict; Path=/" }

  /// Throws an ``HTTPRefusal`` for a request that is not the user's.
  func admit(_ request: HTTPRequest) throws {
    guard let host = request.headers["host"], ["127.0.0.1:\(port)", "localhost:\(port)"].contains(host) else {
      throw HTTPRefusal(.forbidden, "This server answers to 127.0.0.1:\(port) only.")
    }
    let isFirstVisit = request.method == "GET" && request.path == "/"
    let known = [request.cookie(cookieName), isFirstVisit ? request.queryValue("token") : nil]
    guard known.contains(where: { $0.map(isToken) == true }) else {
      throw HTTPRefusal(.forbidden, "Open the address that norma view has printed, with its token.")
    }
    guard isFirstVisit || ["same-origin", "none", nil].contains(request.headers["sec-fetch-site"]) else {
      throw HTTPRefusal(.forbidden, "Another site may not ask.")
    }
    guard request.method == "GET" || request.headers["origin"] == "http://\(host)" else {
      throw HTTPRefusal(.forbidden, "Another site may not write.")
    }
  }

  /// In a time that does not tell how much of it is right.
  private func isToken(_ text: String) -> Bool {
    let (given, right) = (Array(text.utf8), Array(token.utf8))
    return given.count == right.count && zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
