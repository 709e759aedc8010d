import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import StrictSettings
@testable import Methods
@testable import Preprocessing
@testable import Norma

/// A named row of a test table.
struct Row<Body: Sendable>: Sendable, CustomTestStringConvertible {
  let name: String
  let body: Body
  var testDescription: String { name }

  init(_ name: String, _ body: Body) { (self.name, self.body) = (name, body) }
}

/// A fresh folder, removed when the test ends.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("norma-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The problem that `body` ends in, as the command would show it.
func problem(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) throws -> Problem {
  do {
    _ = try body()
  } catch {
    return Problem(error)
  }
  let nothing: Problem? = nil
  return try #require(nothing, "nothing was thrown", sourceLocation: sourceLocation)
}

/// Reference numbers and images made by the scripts in Scripts/goldens.
enum Goldens {
  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name)")
  }

  static func tensors(_ name: String) throws -> [String: Tensor] { try Safetensors.read(url(name)).tensors }

  static func json<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
  }
}

extension [String: Tensor] {
  /// A golden's tensor; the test fails where it is missing.
  func golden(_ name: String) throws -> Tensor { try #require(self[name], "the golden file has no \(name)") }

  func bytes(_ name: String) throws -> [UInt8] { try golden(name).to(.uint8).bytes() }
}

/// The largest difference of two arrays; infinite where they differ in length or hold NaN.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// A folder of its own is kept by whoever holds the cohort, and removed with it.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("norma-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
