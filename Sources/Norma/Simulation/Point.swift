/// A position or displacement in template world space in mm, RAS+.
typealias Point = SIMD3<Float>

extension SIMD3 where Scalar == Float {
  var length: Float { (self * self).sum().squareRoot() }

  var normalized: Self {
    let length = length
    return length > 0 ? self / length : Self(0, 0, 1)
  }

  func dot(_ other: Self) -> Float { (self * other).sum() }

  func cross(_ other: Self) -> Self {
    Self(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }
}

/// Returns 0 below `low`, 1 above `high`, and a smooth cubic in between.
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}

/// Returns the linear interpolation between `a` (weight 0) and `b` (weight 1).
func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float { a + weight * (b - a) }
