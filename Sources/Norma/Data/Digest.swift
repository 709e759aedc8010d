import Crypto
import Files
package import Foundation
import Tensors

/// SHA-256 as lower-case hexadecimal text.
package enum Digest {
  package static func of(_ data: Data) -> String { hex(SHA256.hash(data: data)) }

  /// Of a file's bytes, read in pieces; throws a ``Problem`` when it cannot be read.
  package static func of(file url: URL) throws -> String {
    guard let handle = try? FileHandle(forReadingFrom: url) else {
      throw Problem(
        .missingInput, "the file cannot be opened", at: url.path, advice: "check the path and its rights")
    }
    defer { try? handle.close() }
    var hash = SHA256()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
    } catch {
      throw Problem(
        .inputOutput, "the file cannot be read: \(error.systemReason)", at: url.path,
        advice: "check the disk that it lies on")
    }
    return hex(hash.finalize())
  }

  private static func hex(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Tensor {
  /// A seed from the elements: equal ones give equal draws.
  func seed() throws -> UInt64 {
    let digest = try Digest.of(bytes().withUnsafeBytes { Data($0) })
    return UInt64(digest.prefix(16), radix: 16) ?? 0
  }
}
