import Base

extension Lesion {
  /// The text of the table of one scan's regions.
  static func table(of lesions: [Lesion], hasPValues: Bool = false, hasTissues: Bool = false) -> String {
    columns(hasPValues: hasPValues, hasTissues: hasTissues).table(of: lesions).text
  }

  /// The columns of the table of one scan's regions.
  static func columns(hasPValues: Bool, hasTissues: Bool) -> [TableColumn<Lesion>] {
    shape + (hasPValues ? [pValue] : []) + (hasTissues ? [tissueName] : [])
  }

  private static let shape =
    [
      TableColumn<Lesion>(
        "index", "Value of the region in the label image; the largest region is 1", format: "integer"
      ) {
        "\($0.id)"
      },
      TableColumn<Lesion>("name", "Name of the region") { "region \($0.id)" },
      TableColumn<Lesion>("volume_mm3", "Volume on the grid of the scan", units: "mm^3") {
        $0.volumeMM3.formatted(fraction: 4)
      },
      TableColumn<Lesion>("max_score", "Highest value of the anomaly map in the region") {
        $0.maximumScore.formatted(fraction: 4)
      },
      TableColumn<Lesion>("mean_score", "Mean value of the anomaly map in the region") {
        $0.meanScore.formatted(fraction: 4)
      },
    ]
    + ["x", "y", "z"].enumerated().map { axis, name in
      TableColumn<Lesion>(
        "centroid_\(name)_mm",
        "Centre of mass in scanner coordinates, towards \(["right", "front", "top"][axis])",
        units: "mm"
      ) { $0.centroid[axis].formatted(fraction: 2) }
    }
    + ["i", "j", "k"].enumerated().map { axis, name in
      TableColumn<Lesion>("first_\(name)", "First voxel of the region along axis \(name), counted from 0") {
        "\($0.firstVoxel[axis])"
      }
    }
    + ["i", "j", "k"].enumerated().map { axis, name in
      TableColumn<Lesion>("last_\(name)", "Last voxel of the region along axis \(name), counted from 0") {
        "\($0.lastVoxel[axis])"
      }
    }

  private static let pValue = TableColumn<Lesion>(
    "p_value",
    "Probability that a brain without a lesion has a region with at least this highest score and volume"
  ) { $0.pValue?.formatted(fraction: 4) }

  private static let tissueName = TableColumn<Lesion>("tissue", "Tissue of most voxels of the region") {
    $0.tissue
  }
}
