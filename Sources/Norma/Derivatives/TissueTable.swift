import Base
import Volumes

extension TissueLabel {
  /// The text of the table of one scan's tissues.
  static func table(of tissues: Grid<UInt8>) -> String {
    var counts = [Int](repeating: 0, count: Int(UInt8.max) + 1)
    for label in tissues.voxels { counts[Int(label)] += 1 }
    var table = Table(columns: ["index", "name", "abbreviation", "mapping", "volume_ml"])
    table.rows = all.map { label in
      let volumeML = Double(counts[Int(label.index)]) * tissues.geometry.voxelVolume / 1000
      return [
        "\(label.index)", label.name, label.abbreviation, "\(label.mapping)", volumeML.formatted(fraction: 4),
      ]
    }
    return table.text
  }
}
