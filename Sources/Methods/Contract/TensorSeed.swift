import Base
import Foundation
package import Tensors

extension Tensor {
  /// A seed made of the elements; equal tensors have equal seeds.
  package func seed() throws -> UInt64 {
    let digest = try Digest.of(bytes().withUnsafeBytes { Data($0) })
    return UInt64(digest.prefix(16), radix: 16) ?? 0
  }
}
