extension [Double?] {
  /// The slices nearest to `distance` mm below and above each of the chosen ones, as two lists; none for a
  /// distance of 0. The array holds the z of all slices of a scan.
  ///
  /// Beyond the first and the last slice, these are repeated. A slice without z, and one that is nearest to
  /// the place itself, such as a thick one, is its own neighbour.
  func adjacent(to chosen: [Int], distance: Double) -> [[Int]] {
    guard distance > 0 else { return [] }
    return [-distance, distance].map { step in chosen.map { nearest(to: $0, step: step) } }
  }

  private func nearest(to slice: Int, step: Double) -> Int {
    guard let own = self[slice] else { return slice }
    // Of two slices that are as near but for rounding, the one closer to the slice.
    func gap(_ other: Int) -> (Double, Int) {
      let distance = self[other].map { abs($0 - own - step) } ?? .infinity
      return ((distance * 1e4).rounded(), abs(other - slice))
    }
    return indices.min { gap($0) < gap($1) } ?? slice
  }
}
