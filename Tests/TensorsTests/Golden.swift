import _TestSupport
import Foundation
import Testing

import Tensors

/// Reference tensors from PyTorch, computed by Scripts/goldens/tensors.py.
struct Golden {
  let tensors: [String: Tensor]

  init(_ name: String) throws {
    tensors = try Safetensors.read(Goldens.url("\(name).safetensors")).tensors
  }

  subscript(_ name: String) -> Tensor {
    get throws { try #require(tensors[name], "the golden file has no \(name)") }
  }

  /// The tensors under a prefix, without the prefix in their names.
  func under(_ prefix: String) -> [String: Tensor] {
    let inside = tensors.filter { $0.key.hasPrefix(prefix) }
    return Dictionary(uniqueKeysWithValues: inside.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
  }

  /// The cases in the file: the first parts of all names of two or more parts.
  var cases: Set<String> {
    Set(
      tensors.keys.compactMap { key in key.lastIndex(of: "/") == nil ? nil : String(key.prefix { $0 != "/" })
      })
  }
}

/// Expects equal shapes, and differences below 1e-5 of the largest expected magnitude.
func expectClose(
  _ actual: Tensor, _ expected: Tensor, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
  let pairs = zip(try actual.values(), try expected.values())
  let largest = pairs.map { abs($1) }.max() ?? 0
  let difference = pairs.map { abs($0 - $1) }.max() ?? 0
  #expect(difference <= 1e-5 * largest, "\(what)", sourceLocation: sourceLocation)
}
