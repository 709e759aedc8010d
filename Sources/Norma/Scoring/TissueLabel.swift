import Methods
import Tensors
import Volumes

/// The value of a tissue in the label image of a scan's tissues, with its names.
///
/// They are the common image-derived labels of BIDS (imaging derivatives, v1.10), where value 0 is background.
/// BIDS has no label for ventricles; they have the first value after its labels.
public struct TissueLabel: Hashable, Sendable {
  /// Its value in the label image.
  public let index: UInt8
  /// Its name, such as "white matter".
  public let name: String
  /// Its abbreviation, such as "WM".
  public let abbreviation: String
  /// The label of BIDS that contains it.
  public let mapping: UInt8

  private init(_ index: UInt8, _ name: String, _ abbreviation: String, mapping: UInt8? = nil) {
    (self.index, self.name, self.abbreviation, self.mapping) = (index, name, abbreviation, mapping ?? index)
  }

  /// The label of a tissue of the brain; nil for what is outside it.
  init?(_ tissue: Tissue) {
    switch tissue {
    case .outside: return nil
    case .corticalGrey: self = TissueLabel(8, "cortical grey matter", "CGM")
    case .whiteMatter: self = TissueLabel(2, "white matter", "WM")
    case .fluid: self = TissueLabel(3, "cerebrospinal fluid", "CSF")
    case .ventricle: self = TissueLabel(12, "ventricles", "VEN", mapping: 3)
    case .cerebellum: self = TissueLabel(11, "cerebellum", "CBM")
    case .brainStem: self = TissueLabel(10, "brainstem", "BS")
    case .deepGrey: self = TissueLabel(9, "subcortical grey matter", "SGM")
    }
  }

  /// All labels by rising value.
  public static let all = Tissue.allCases.compactMap(TissueLabel.init).sorted { $0.index < $1.index }
}

extension ScoredScan {
  /// The most probable tissue of each voxel of the scored brain, as ``TissueLabel/index`` on the scan's own
  /// grid; 0 elsewhere. Nil if the method does not tell tissues apart.
  func tissues() throws -> Grid<UInt8>? {
    guard let probabilities = score.tissues else { return nil }
    let geometry = gridded.scoredBrain.geometry
    var highest = [Float](repeating: 0, count: geometry.voxelCount)
    var labels = [UInt8](repeating: 0, count: geometry.voxelCount)
    // One tissue at a time, since a map on the scan's grid may be large.
    for tissue in Tissue.allCases {
      let map = try gridded.canonicalVolume(
        of: probabilities.select(1, Int(tissue.rawValue)), inside: gridded.scoredBrain)
      let label = TissueLabel(tissue)?.index ?? 0
      for (voxel, probability) in map.voxels.enumerated() where probability > highest[voxel] {
        (highest[voxel], labels[voxel]) = (probability, label)
      }
    }
    return gridded.native(Grid(geometry: geometry, voxels: labels))
  }
}
