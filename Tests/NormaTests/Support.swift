import _TestSupport
import Foundation
import Tensors
import Testing

extension Goldens {
  static func tensors(_ name: String, _ fileID: String = #fileID) throws -> [String: Tensor] {
    try Safetensors.read(url(name, fileID)).tensors
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
