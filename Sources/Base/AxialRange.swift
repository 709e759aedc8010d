extension [Double] {
  /// Returns true if a template-space z (mm) is within [lowest, highest], if the range is empty or z unknown.
  package func spans(_ z: Double?) -> Bool {
    guard let z, count == 2 else { return true }
    return (self[0]...self[1]).contains(z)
  }
}
