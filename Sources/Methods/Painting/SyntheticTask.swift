/// A kind of anomaly that can be painted into a healthy slice.
public enum SyntheticTask: String, Codable, Hashable, Sendable, CaseIterable {
  /// Bright, textured and of any size, with a rough and more or less soft edge.
  case blob
  /// Bright and small, with a radius of 2 to 5 pixels on a grid of 128.
  case punctate
  /// Darker than its surroundings, half of them with a bright rim.
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

/// Paints one anomaly into a slice, with tissue of the donor where it needs some. All random numbers come
/// from the brush.
protocol AnomalyPainter: Sendable {
  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush, donor: BatchSlice) throws
}
