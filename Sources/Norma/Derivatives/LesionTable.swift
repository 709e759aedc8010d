import Base

extension Lesion {
  /// The text of the table of one scan's regions.
  static func table(of lesions: [Lesion], columns: [TableColumn<Lesion>] = columns()) -> String {
    var table = Table(columns: columns.map(\.name))
    table.rows = lesions.map(columns.cells)
    return table.text
  }

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
      Column(name: "index", description: "Value of the region in the label image; the largest is 1") {
        "\($0.id)"
      },
      Column(name: "name", description: "Name of the region") { "region \($0.id)" },
      Column(name: "volume_mm3", description: "Volume", units: "mm^3") {
        $0.volumeMM3.formatted(fraction: 4)
      },
      Column(name: "max_score", description: "Highest score of the anomaly map in the region") {
        $0.maximumScore.formatted(fraction: 4)
      },
      Column(name: "mean_score", description: "Mean score of the anomaly map in the region") {
        $0.meanScore.formatted(fraction: 4)
      },
    ]
    + (0..<3).map { axis in
      Column(
        name: "centroid_\(axes[axis])_mm",
        description: "World coordinate (RAS+) of the centre of mass in the scan", units: "mm"
      ) { $0.centroid[axis].formatted(fraction: 2) }
    }

  private static let boxes =
    zip(["i", "j", "k"], 0..<3).map { letter, axis in
      Column(name: "first_\(letter)", description: "First voxel of the region, from 0") {
        "\($0.firstVoxel[axis])"
      }
    }
    + zip(["i", "j", "k"], 0..<3).map { letter, axis in
      Column(name: "last_\(letter)", description: "Last voxel of the region, from 0") {
        "\($0.lastVoxel[axis])"
      }
    }

  private static let pValue = Column(
    name: "p_value",
    description: "Probability that as much brain without a lesion has a region with this peak and volume"
  ) { $0.pValue?.formatted(fraction: 4) }

  private static let places = [
    Column(name: "tissue", description: "Tissue of most voxels of the region") { $0.tissue },
    Column(
      name: "place", description: "Place of the region",
      levels: Dictionary(uniqueKeysWithValues: Place.allCases.map { ($0.rawValue, $0.meaning) })
    ) { $0.location?.place?.rawValue },
    Column(
      name: "ventricle_distance_mm",
      description: "Smallest distance from a voxel of the region to one of a ventricle, centre to centre",
      units: "mm"
    ) { $0.location?.ventricleDistance?.formatted(fraction: 2) },
    Column(
      name: "cortex_distance_mm",
      description: "Smallest distance from a voxel of the region to one of the cortex, centre to centre",
      units: "mm"
    ) { $0.location?.cortexDistance?.formatted(fraction: 2) },
  ]

  private static let templatePlaces =
    (0..<3).map { axis in
      Column(
        name: "template_\(axes[axis])_mm",
        description: "Coordinate (RAS+) of the centre of mass in the template (MNI152NLin2009aSym)",
        units: "mm"
      ) { $0.location?.centre?[axis].formatted(fraction: 2) }
    } + [
      Column(name: "side", description: "Side of the centre; midline is within 3 mm of the middle plane") {
        $0.location?.side?.rawValue
      }
    ]

  private static let lobe = Column(
    name: "lobe", description: "Lobe of the nearest cortex of most voxels, for regions of the hemispheres"
  ) { $0.location?.lobe?.name }
}
