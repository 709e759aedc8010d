/// One lesion: a shape with an edge, brighter than white matter, with or without a dark cavity inside.
struct PaintedLesion: Sendable {
  let center: Point
  /// Nothing of the lesion lies further than this from its centre, mm.
  let reach: Float
  /// Width of the transition from lesion to healthy tissue, mm.
  var edge: Float = 1.5
  /// Brightness added to the tissue, relative to mean white matter = 1.
  let contrast: Float
  /// Where the depth exceeds this (mm) the lesion is fluid; nil without a cavity.
  var cavityDepth: Float?
  /// Depth of a point below the lesion's surface in mm, negative outside.
  let depth: @Sendable (Point) -> Float

  /// Paints the lesion on tissue of a person and returns whether the point belongs to it.
  func paint(_ tissue: inout Person.Tissue, at point: Point, fluidIntensity: Float) -> Bool {
    let offset = point - center
    guard offset.dot(offset) < reach * reach else { return false }
    let depth = depth(point)
    let share = smoothstep(-edge / 2, edge / 2, depth)
    guard share > 0 else { return false }
    // Fluid in the sulci stays dark under a lesion of the tissue around it.
    let solid = share * (1 - tissue.fluid)
    tissue.intensity += solid * contrast
    if let cavityDepth {
      let cavity = solid * smoothstep(cavityDepth, cavityDepth + 1.5, depth)
      tissue.intensity = mix(tissue.intensity, fluidIntensity, cavity)
    }
    return share > 0.5 && tissue.fluid < 0.5
  }
}
