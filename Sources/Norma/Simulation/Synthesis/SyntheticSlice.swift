import Volumes

/// A synthetic axial slice of a brain on the model grid, with what is known about it.
package struct SyntheticSlice: Sendable, Hashable {
  /// The pixels along each side of an anatomy's slice; rows run from back to front, columns from left to right.
  package static let side = Anatomy.grid.shape[0]
  static let area = side * side

  /// The pixels along each side: ``side``, or a multiple of it after ``enlarged(by:)``.
  package let gridSize: Int
  /// The model's input, gridSize x gridSize: robust z-scores on the scale of the recipe, 0 outside the brain.
  package let image: [Float]
  /// The inputs below and above (2 x gridSize x gridSize) in the same form; empty without an adjacent distance.
  package let adjacent: [Float]
  /// 1 inside the brain, gridSize x gridSize, and the same for the adjacent slices.
  package let brain, adjacentBrain: [Float]
  /// 1 where a lesion visibly brightens the image, gridSize x gridSize.
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
