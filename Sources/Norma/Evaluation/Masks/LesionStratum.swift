import Volumes

/// A range of lesion sizes: volumes in mm³ or, in a single slice, areas in mm².
enum LesionStratum: String, CaseIterable, Sendable {
  case small = "<200"
  case medium = "200-1000"
  case large = ">1000"

  /// The stratum of a lesion of `size` mm³ or mm²; both bounds belong to the middle one.
  init(size: Double) {
    self = size < 200 ? .small : size <= 1000 ? .medium : .large
  }
}

extension Geometry {
  /// The size that one voxel adds to a lesion: mm³ or, in a single slice, mm².
  var lesionSizePerVoxel: Double {
    (0..<3).filter { shape[$0] > 1 }.count == 2
      ? (0..<3).filter { shape[$0] > 1 }.reduce(1) { $0 * spacing[$1] } : voxelVolume
  }
}
