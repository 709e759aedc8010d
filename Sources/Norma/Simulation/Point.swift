/// A position or displacement in template world space in mm, RAS+.
typealias Point = SIMD3<Float>

extension SIMD3 where Scalar == Float {
  var length: Float { (self * self).sum().squareRoot() }
}

/// Returns 0 below `low`, 1 above `high`, and a smooth cubic in between.
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}
