import Base

extension Lesion {
  /// The text of the table of one scan's regions.
  static func table(of lesions: [Lesion], hasPValues: Bool = false, hasTissues: Bool = false) -> String {
    var table = Table(
      columns: [
        "index", "name", "volume_mm3", "max_score", "mean_score", "centroid_x_mm", "centroid_y_mm",
        "centroid_z_mm",
        "first_i", "first_j", "first_k", "last_i", "last_j", "last_k",
      ] + (hasPValues ? ["p_value"] : []) + (hasTissues ? ["tissue"] : []))
    table.rows = lesions.map { lesion in
      let numbers = [lesion.volumeMM3, lesion.maximumScore, lesion.meanScore].map {
        $0.formatted(fraction: 4)
      }
      let centroid = (0..<3).map { lesion.centroid[$0].formatted(fraction: 2) }
      let box = (0..<3).map { "\(lesion.firstVoxel[$0])" } + (0..<3).map { "\(lesion.lastVoxel[$0])" }
      let pValue = hasPValues ? [lesion.pValue?.formatted(fraction: 4) ?? "n/a"] : []
      let tissue = hasTissues ? [lesion.tissue ?? "n/a"] : []
      return ["\(lesion.id)", "region \(lesion.id)"] + numbers + centroid + box + pValue + tissue
    }
    return table.text
  }
}
