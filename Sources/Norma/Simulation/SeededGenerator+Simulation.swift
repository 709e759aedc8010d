import Base

extension SeededGenerator {
  /// A unit vector.
  mutating func direction() -> Point { Point(normal(), normal(), normal()).normalized }
}
