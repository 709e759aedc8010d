import Tensors

/// A kind of anomaly that can be painted into a healthy slice.
public enum SyntheticTask: String, Codable, Hashable, Sendable, CaseIterable {
  /// Textured and bright, of any size, its edge rough and more or less soft.
  case blob
  /// Bright and small, radius 2 to 5 pixels of 128.
  case punctate
  /// Darker than its surroundings, some with a bright rim.
  case dark
  /// Tissue of another slice, or of the other side.
  case patch
  /// Tissue pushed away from a centre.
  case swelling

  var painter: any AnomalyPainter {
    switch self {
    case .blob: BlobPainter(radius: 0.0125...0.25)
    case .punctate: BlobPainter(radius: 0.016...0.04)
    case .dark: DarkPainter()
    case .patch: PatchPainter()
    case .swelling: SwellingPainter()
    }
  }
}

/// Paints one anomaly into a slice, perhaps with the donor's tissue; all randomness comes from the brush.
protocol AnomalyPainter: Sendable {
  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush, donor: BatchSlice) throws
}
