import Base
import Volumes

/// The volume of a tissue in one scan.
struct TissueVolume {
  let label: TissueLabel
  let volumeML: Double

  /// The volumes of all tissues of a label image.
  static func all(of tissues: Grid<UInt8>) -> [TissueVolume] {
    var counts = [Int](repeating: 0, count: Int(UInt8.max) + 1)
    for label in tissues.voxels { counts[Int(label)] += 1 }
    return TissueLabel.all.map { label in
      TissueVolume(
        label: label, volumeML: Double(counts[Int(label.index)]) * tissues.geometry.voxelVolume / 1000)
    }
  }

  /// The columns of the table of one scan's tissues.
  static let columns: [TableColumn<TissueVolume>] = [
    TableColumn("index", "Value of the tissue in the label image", format: "integer") { "\($0.label.index)" },
    TableColumn("name", "Name of the tissue") { $0.label.name },
    TableColumn("abbreviation", "Abbreviation of the tissue") { $0.label.abbreviation },
    TableColumn(
      "mapping", "Index of the tissue among the common image-derived labels of BIDS", format: "integer"
    ) {
      "\($0.label.mapping)"
    },
    TableColumn("volume_ml", "Volume of the voxels that were scored", units: "mL") {
      $0.volumeML.formatted(fraction: 4)
    },
  ]
}
