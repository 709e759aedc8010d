import Foundation
import Norma

/// The files of the page, read once: no path of a request reaches the disk.
struct Assets: Sendable {
  private let responses: [String: HTTPResponse]

  /// With NiiVue from `niivue`; throws a ``Problem`` where it is not installed.
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

  /// The file at a path of the page; nil where there is none.
  subscript(path: String) -> HTTPResponse? { responses[path] }
}
