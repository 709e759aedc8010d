extension [Double] {
  /// Whether the axial range [lowest, highest] in mm holds a template-space z; an empty range and an unknown z count as inside.
  package func spans(_ z: Double?) -> Bool {
    guard let z, count == 2 else { return true }
    return (self[0]...self[1]).contains(z)
  }
}
