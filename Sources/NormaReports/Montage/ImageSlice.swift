/// A slice of an image in RAS+ axes, the first axis fastest.
public struct ImageSlice: Sendable {
  /// The anatomical plane.
  public enum Plane: String, Codable, Sendable {
    /// x grows to the patient's right, y to the front.
    case axial
    /// x grows to the front, y upwards.
    case sagittal
    /// x grows to the patient's right, y upwards.
    case coronal

    /// The labels of the left and right side of the displayed picture.
    var sides: (left: String, right: String) { self == .sagittal ? ("A", "P") : ("R", "L") }

    /// The sides in words.
    var description: String {
      self == .sagittal
        ? "sagittal slice, the front on the left" : "\(rawValue) slice, patient's right on the left"
    }
  }

  /// The number of voxels along the first axis.
  public let width: Int
  /// The number of voxels along the second axis.
  public let height: Int
  /// width x height values.
  public let values: [Float]
  /// The height of a voxel divided by its width.
  public let aspect: Double
  /// The anatomical plane.
  public let plane: Plane

  /// A slice; `values` must hold width x height numbers.
  public init(width: Int, height: Int, values: [Float], aspect: Double = 1, plane: Plane = .axial) {
    precondition(width > 0 && height > 0 && values.count == width * height, "a slice of the wrong size")
    self.width = width
    self.height = height
    self.values = values
    self.aspect = aspect
    self.plane = plane
  }

  /// The source index of each displayed pixel, row by row: the first axis points to the left, the second up.
  var radiologicalIndices: [Int] {
    (0..<height).reversed().flatMap { y in (0..<width).reversed().map { x in y * width + x } }
  }
}
