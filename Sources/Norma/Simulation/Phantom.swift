extension SimulatedTemplate {
  /// A head of ellipsoids, the size of an adult's and in the same world space as the ICBM152 template, on
  /// `shape` voxels (at least 24 along each axis): simulations and tests that need no file.
  public static func phantom(shape: [Int]) -> SimulatedTemplate {
    precondition(shape.count == 3 && shape.allSatisfy { $0 >= 24 }, "a phantom has 24 or more voxels an axis")
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
    /// Share of a voxel that lies more than `below` mm inside an ellipsoid.
    func share(center: Point, radii: Point, below: Float) -> Float {
      let depth = radii.min() * (1 - ((point - center) / radii).length)
      return smoothstep(below - blur, below + blur, depth)
    }
    let head = (center: Point(0, -18, 14), radii: Point(68, 86, 72))
    func inside(_ below: Float) -> Float { share(center: head.center, radii: head.radii, below: below) }
    let mirrored = Point(abs(point.x), point.y, point.z) - point
    let ventricle = smoothstep(
      -blur, blur, 9 * (1 - ((point + mirrored - Point(13, -6, 18)) / Point(9, 30, 14)).length))
    let brain: Float = inside(0) >= 0.5 ? 1 : 0
    let solid = brain * inside(3) * (1 - ventricle)
    let white = inside(8)
    return (solid * (1 - white), solid * white, brain)
  }
}
