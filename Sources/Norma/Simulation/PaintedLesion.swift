/// A lesion: a shape with a soft edge, brighter than white matter, optionally with a dark cavity.
struct PaintedLesion: Sendable {
  let centre: Point
  /// The radius in mm of a sphere around the centre that contains the lesion.
  let reach: Float
  /// The width in mm of the transition from lesion to healthy tissue.
  var edge: Float = 1.5
  /// The intensity added to the tissue, relative to mean white matter = 1.
  let contrast: Float
  /// The depth in mm below which the lesion is fluid; nil without a cavity.
  var cavityDepth: Float?
  /// The depth of a point below the surface of the lesion in mm, negative outside.
  let depth: @Sendable (Point) -> Float

  /// Paints the lesion on the tissue at a point and returns true if the point belongs to it.
  func paint(_ tissue: inout SimulatedHead.Tissue, at point: Point, fluidIntensity: Float) -> Bool {
    let offset = point - centre
    guard offset.dot(offset) < reach * reach else { return false }
    let depth = depth(point)
    let weight = smoothstep(-edge / 2, edge / 2, depth)
    guard weight > 0 else { return false }
    // Fluid in a sulcus stays dark inside a lesion.
    let solid = weight * (1 - tissue.fluid)
    tissue.intensity += solid * contrast
    if let cavityDepth {
      let cavity = solid * smoothstep(cavityDepth, cavityDepth + 1.5, depth)
      tissue.intensity = mix(tissue.intensity, fluidIntensity, cavity)
    }
    return weight > 0.5 && tissue.fluid < 0.5
  }
}
