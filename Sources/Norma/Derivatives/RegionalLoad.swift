import Base

/// The regions of a scan by place, for one row of a table.
package struct RegionalLoad: Hashable, Sendable {
  /// The number of regions in each place.
  package let counts: [Place: Int]
  /// Their volume in mL.
  package let volumesML: [Place: Double]
  /// The volume of the largest region in mL; 0 without regions.
  package let largestML: Double
  /// The fraction of white matter that is in a region.
  package let whiteMatterShare: Double

  /// The regions of a result; nil if the tissues are unknown.
  package init?(_ result: CaseResult) {
    guard let share = result.whiteMatterShare else { return nil }
    whiteMatterShare = share
    largestML = (result.lesions.first?.volumeMM3 ?? 0) / 1000
    let places = Dictionary(grouping: result.lesions) { $0.location?.place }
    func sums<Value>(_ value: ([Lesion]) -> Value) -> [Place: Value] {
      Dictionary(uniqueKeysWithValues: Place.allCases.map { ($0, value(places[$0] ?? [])) })
    }
    counts = sums(\.count)
    volumesML = sums { $0.reduce(0) { $0 + $1.volumeMM3 } / 1000 }
  }
}

extension RegionalLoad {
  /// The columns of the tables of scans.
  static let columns: [TableColumn<RegionalLoad>] =
    Place.allCases.flatMap { place in
      [
        TableColumn(place.countColumn, "Number of regions: \(place.meaning)") {
          $0.counts[place].map { "\($0)" }
        },
        TableColumn(
          place.volumeColumn, "Volume of regions: \(place.meaning)", units: "mL"
        ) { $0.volumesML[place]?.formatted(fraction: 4) },
      ]
    } + [
      TableColumn(largest, "Volume of the largest region", units: "mL") {
        $0.largestML.formatted(fraction: 4)
      },
      TableColumn(share, "Fraction of white matter that is in a region") {
        $0.whiteMatterShare.formatted(fraction: 5)
      },
    ]

  private static let largest = "largest_region_ml", share = "white_matter_share"

  /// Reads the cells of a row by column; nil if one is missing or "n/a".
  init?(row: [String: String]) {
    func number(_ name: String) -> Double? { row[name].flatMap(Double.init) }
    var (counts, volumes) = ([Place: Int](), [Place: Double]())
    for place in Place.allCases {
      counts[place] = row[place.countColumn].flatMap { Int($0) }
      volumes[place] = number(place.volumeColumn)
    }
    guard counts.count == Place.allCases.count, volumes.count == counts.count,
      let largest = number(Self.largest), let share = number(Self.share)
    else { return nil }
    (self.counts, volumesML, largestML, whiteMatterShare) = (counts, volumes, largest, share)
  }
}

extension Place {
  /// What it means in a description.
  var meaning: String {
    switch self {
    case .periventricular: "in contact with a ventricle"
    case .juxtacortical: "in contact with the cortex or in it, and not with a ventricle"
    case .deepWhiteMatter: "elsewhere in the white matter of the hemispheres"
    case .deepGreyMatter: "in subcortical grey matter"
    case .brainStem: "infratentorial, in the brain stem"
    case .cerebellum: "infratentorial, in the cerebellum"
    }
  }

  private var columnStem: String { String(rawValue.map { $0 == " " ? "_" : $0 }) }
  fileprivate var countColumn: String { "\(columnStem)_count" }
  fileprivate var volumeColumn: String { "\(columnStem)_ml" }
}
