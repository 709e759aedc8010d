import Base
import Tensors

/// Bright structures that are painted into slices and stay unlabelled: brightness alone is not an anomaly.
public enum NormalVariation: String, Codable, Hashable, Sendable, CaseIterable {
  /// A blob and its mirror image on the other side.
  case symmetric
  /// A bright rim around the ventricles.
  case rims

  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush) throws {
    switch self {
    case .symmetric:
      let weight = try brush.ellipse(brush.spot(in: canvas.inside, radius: brush.radius(0.016...0.12)))
      try canvas.blend(
        canvas.z + brush.logUniform(0.5...3), weight: weight.maximum(weight.flip([1])))
    case .rims:
      let centre = Float(brush.size) / 2, width = 2 * brush.generator.count(1...3) + 1
      let middle = Brush.Spot(column: centre, row: centre, radius: centre / 2)
      let central = try brush.distance(middle).less(than: 1).to(.float32)
      let fluid = try canvas.z.less(than: -1.5).to(.float32) * canvas.brain * central
      let near = try fluid.reshape([1, 1, brush.size, brush.size])
        .avgPool2d(width, stride: 1, padding: width / 2).reshape([brush.size, brush.size])
      let weight = try (near * 3).clamp(max: 1) * (1 - fluid)
      try canvas.blend(canvas.z + brush.logUniform(0.5...3), weight: weight)
    }
  }
}
