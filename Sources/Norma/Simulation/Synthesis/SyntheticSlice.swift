import Volumes

/// A synthetic axial slice of a brain on the model grid, with what is known about it.
package struct SyntheticSlice: Sendable, Hashable {
  /// The pixels along each side; rows run from back to front, columns from left to right.
  package static let side = Anatomy.grid.shape[0]
  static let area = side * side

  /// The model's input, side x side: robust z-scores on the scale of the recipe, 0 outside the brain.
  package let image: [Float]
  /// The inputs below and above (2 x side x side) in the same form; empty without an adjacent distance.
  package let adjacent: [Float]
  /// 1 inside the brain, side x side, and the same for the adjacent slices.
  package let brain, adjacentBrain: [Float]
  /// 1 where a lesion visibly brightens the image, side x side.
  package let lesion: [Float]
  /// The set of tissues that each pixel may belong to (see ``Anatomy/tissues``); 0 outside the brain only.
  package let tissues: [UInt8]
  /// What was painted, nil for nothing; a lesion may miss this slice.
  package let lesions: LesionKind?
  /// The template-space z in mm.
  package let z: Double
  /// The name of the anatomy.
  package let anatomy: String
}
