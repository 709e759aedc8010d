import Volumes

/// A plane of a grid of cubic voxels along R, A and S.
struct GridPlane {
  private let plane: ImageSlice.Plane
  private let width: Int
  /// The voxels of the plane, the first axis fastest.
  let indices: [Int]

  /// The plane nearest to a coordinate in mm on the axis across it.
  init(_ plane: ImageSlice.Plane, at mm: Double, of geometry: Geometry) {
    let shape = geometry.shape, axis = plane.axis
    let strides = [1, shape[0], shape[0] * shape[1]]
    let layer = Int(((mm - geometry.affine.origin[axis]) / geometry.spacing[axis]).rounded())
    let start = min(max(layer, 0), shape[axis] - 1) * strides[axis]
    let (first, second) = [(1, 2), (0, 2), (0, 1)][axis]
    self.plane = plane
    width = shape[first]
    indices = (0..<shape[second]).flatMap { row in
      (0..<shape[first]).map { start + row * strides[second] + $0 * strides[first] }
    }
  }

  /// The values of the plane.
  func of(_ voxels: [Float]) -> ImageSlice {
    ImageSlice(
      width: width, height: indices.count / width, values: indices.map { voxels[$0] }, plane: plane)
  }
}

extension ImageSlice.Plane {
  /// The planes by the axis across them: R, A, S.
  static let byAxis: [ImageSlice.Plane] = [.sagittal, .coronal, .axial]

  /// The axis across the plane: 0 for R, 1 for A, 2 for S.
  var axis: Int {
    switch self {
    case .sagittal: 0
    case .coronal: 1
    case .axial: 2
    }
  }
}
