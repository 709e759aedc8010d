import Base

extension Lesion {
  /// The columns of the table, with those of p-values, of tissues and of the template where these are known.
  static func columns(
    hasPValues: Bool = false, hasTissues: Bool = false, isPlaced: Bool = false
  ) -> [TableColumn<Lesion>] {
    numbers + boxes + (hasPValues ? [pValue] : []) + (hasTissues ? places : [])
      + (isPlaced ? templatePlaces + (hasTissues ? [lobe] : []) : [])
  }

  private typealias Column = TableColumn<Lesion>

  private static let axes = ["x", "y", "z"]

  private static let numbers =
    [
      Column("index", "Value of the region in the label image; the largest region is 1", format: "integer") {
        "\($0.id)"
      },
      Column("name", "Name of the region") { "region \($0.id)" },
      Column("volume_mm3", "Volume on the grid of the scan", units: "mm^3") {
        $0.volumeMM3.formatted(fraction: 4)
      },
      Column("max_score", "Highest value of the anomaly map in the region") {
        $0.maximumScore.formatted(fraction: 4)
      },
      Column("mean_score", "Mean value of the anomaly map in the region") {
        $0.meanScore.formatted(fraction: 4)
      },
    ]
    + (0..<3).map { axis in
      Column(
        "centroid_\(axes[axis])_mm",
        "World coordinate (RAS+) of the centre of mass in the scan", units: "mm"
      ) { $0.centroid[axis].formatted(fraction: 2) }
    }

  private static let boxes =
    zip(["i", "j", "k"], 0..<3).map { letter, axis in
      Column("first_\(letter)", "First voxel of the region, from 0") {
        "\($0.firstVoxel[axis])"
      }
    }
    + zip(["i", "j", "k"], 0..<3).map { letter, axis in
      Column("last_\(letter)", "Last voxel of the region, from 0") {
        "\($0.lastVoxel[axis])"
      }
    }

  private static let pValue = Column(
    "p_value",
    "Probability that a brain without a lesion has a region with at least this highest score and volume"
  ) { $0.pValue?.formatted(fraction: 4) }

  private static let places = [
    Column("tissue", "Tissue of most voxels of the region") { $0.tissue },
    Column(
      "place", "Place of the region",
      levels: Dictionary(uniqueKeysWithValues: Place.allCases.map { ($0.rawValue, $0.meaning) })
    ) { $0.location?.place?.rawValue },
    Column(
      "ventricle_distance_mm",
      "Smallest distance from a voxel of the region to one of a ventricle, centre to centre",
      units: "mm"
    ) { $0.location?.ventricleDistance?.formatted(fraction: 2) },
    Column(
      "cortex_distance_mm",
      "Smallest distance from a voxel of the region to one of the cortex, centre to centre",
      units: "mm"
    ) { $0.location?.cortexDistance?.formatted(fraction: 2) },
  ]

  private static let templatePlaces =
    (0..<3).map { axis in
      Column(
        "template_\(axes[axis])_mm",
        "Coordinate (RAS+) of the centre of mass in the template (MNI152NLin2009aSym)",
        units: "mm"
      ) { $0.location?.centre?[axis].formatted(fraction: 2) }
    } + [
      Column("side", "Side of the centre; midline is within 3 mm of the middle plane") {
        $0.location?.side?.rawValue
      }
    ]

  private static let lobe = Column(
    "lobe", "Lobe of the nearest cortex of most voxels, for regions of the hemispheres"
  ) { $0.location?.lobe?.name }
}
