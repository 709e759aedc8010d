import Base

extension SeededGenerator {
  /// Returns a random unit vector.
  mutating func direction() -> Point { Point(normal(), normal(), normal()).normalized }
}
