import FlyingFox
import Foundation
import Norma

/// The files of the page, read once. No path of a request reaches the disk.
struct Assets: Sendable {
  private let responses: [String: HTTPResponse]

  /// Reads the page and NiiVue from the file `niivue`. Throws a ``Problem`` if NiiVue is not installed.
  init(niivue: URL) throws {
    guard let library = try? Data(contentsOf: niivue) else {
      throw Problem(
        .missingInput, "NiiVue, which shows the scans, is not installed", at: niivue.path,
        advice: "run Scripts/bootstrap")
    }
    let folder = Bundle.module.bundleURL.appendingPathComponent("Assets")
    var responses = ["/niivue.js": HTTPResponse(type: Self.script, body: library)]
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
      guard let type = Self.types[file.pathExtension] else { continue }
      let name = file.lastPathComponent
      responses[name == "index.html" ? "/" : "/\(name)"] = HTTPResponse(
        type: type, body: try Data(contentsOf: file))
    }
    self.responses = responses
  }

  private static let script = "text/javascript; charset=utf-8"
  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": script, "svg": "image/svg+xml",
  ]

  /// The response with the file at a path of the page; nil if there is none.
  subscript(path: String) -> HTTPResponse? { responses[path] }
}
