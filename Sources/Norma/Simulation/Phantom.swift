extension SimulatedTemplate {
  /// Returns a head of ellipsoids for simulations without files. It has the size of an adult head and the
  /// world space of the ICBM152 template; `shape` is at least 24 voxels along each axis.
  public static func phantom(shape: [Int]) -> SimulatedTemplate {
    precondition(
      shape.count == 3 && shape.allSatisfy { $0 >= 24 }, "a phantom needs at least 24 voxels along each axis")
    let shape = SIMD3(shape[0], shape[1], shape[2])
    let fieldOfView = Point(197, 233, 189)
    let nodes = Point(Float(shape.x), Float(shape.y), Float(shape.z))
    let spacing = (fieldOfView / nodes).max()
    let origin = Point(0, -18, 22) - spacing * (nodes - 1) / 2
    return SimulatedTemplate(shape: shape, origin: origin, spacing: spacing) { i in
      let voxel = Point(
        Float(i % shape.x), Float(i / shape.x % shape.y), Float(i / (shape.x * shape.y)))
      return tissue(at: origin + spacing * voxel, blur: max(spacing / 2, 1))
    }
  }

  private static func tissue(at point: Point, blur: Float) -> (grey: Float, white: Float, brain: Float) {
    /// Returns the fraction of a voxel that is more than `below` mm inside an ellipsoid.
    func fraction(centre: Point, radii: Point, below: Float) -> Float {
      let depth = radii.min() * (1 - ((point - centre) / radii).length)
      return smoothstep(below - blur, below + blur, depth)
    }
    let head = (centre: Point(0, -18, 14), radii: Point(68, 86, 72))
    func inside(_ below: Float) -> Float { fraction(centre: head.centre, radii: head.radii, below: below) }
    let mirrored = Point(abs(point.x), point.y, point.z) - point
    let ventricle = smoothstep(
      -blur, blur, 9 * (1 - ((point + mirrored - Point(13, -6, 18)) / Point(9, 30, 14)).length))
    let brain: Float = inside(0) >= 0.5 ? 1 : 0
    let solid = brain * inside(3) * (1 - ventricle)
    let white = inside(8)
    return (solid * (1 - white), solid * white, brain)
  }
}
