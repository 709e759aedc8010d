/// An axial slice of an image, x fastest: x grows to the patient's right, y to the front (RAS+).
public struct AxialSlice: Sendable {
  /// Number of voxels from left to right.
  public let width: Int
  /// Number of voxels from back to front.
  public let height: Int
  /// width x height values.
  public let values: [Float]
  /// Height of a voxel divided by its width.
  public let aspect: Double

  /// A slice; `values` must hold width x height numbers.
  public init(width: Int, height: Int, values: [Float], aspect: Double = 1) {
    precondition(width > 0 && height > 0 && values.count == width * height, "a slice of the wrong size")
    self.width = width
    self.height = height
    self.values = values
    self.aspect = aspect
  }

  /// Where each pixel of the displayed image comes from, row by row: front on top, patient's right on the left.
  var radiologicalIndices: [Int] {
    (0..<height).reversed().flatMap { y in (0..<width).reversed().map { x in y * width + x } }
  }
}
