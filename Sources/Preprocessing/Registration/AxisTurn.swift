import Volumes

/// A rotation that maps the axes of the world to each other, as a scan is turned whose header lost its axes.
struct AxisTurn {
  /// The rotation about the origin.
  let rotation: Affine
  /// The turn in words.
  let name: String

  /// The turns by 180 degrees about x, y and z.
  static let halfTurns = all.filter { turn in
    turn.rotation.columns.indices.allSatisfy { turn.rotation.columns[$0][$0] != 0 }
  }
  /// All 23 rotations besides the identity.
  static let all = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]].flatMap { order in
    (0..<8).compactMap { signs in AxisTurn(order, signs: (0..<3).map { signs >> $0 & 1 == 0 ? 1.0 : -1 }) }
  }

  /// Creates the turn of which column `c` points along axis `order[c]`; nil for the identity and for mirrors.
  private init?(_ order: [Int], signs: [Double]) {
    let columns = (0..<3).map { column in
      SIMD3((0..<3).map { $0 == order[column] ? signs[column] : 0 })
    }
    rotation = Affine(i: columns[0], j: columns[1], k: columns[2], origin: .zero)
    guard rotation.determinant > 0, rotation != .identity else { return nil }
    let swaps = ["left to right", "front to back", "upside down"]
    name =
      order == [0, 1, 2]
      ? "by 180 degrees (\(swaps.indices.filter { signs[$0] < 0 }.map { swaps[$0] }.joined(separator: " and ")))"
      : "so that its axes change places"
  }
}
