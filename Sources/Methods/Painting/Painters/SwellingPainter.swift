import Base
import Tensors

/// Tissue pushed away from a centre, a little brighter where it swells.
struct SwellingPainter: AnomalyPainter {
  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush, donor: BatchSlice) throws {
    let spot = brush.spot(in: canvas.inside, radius: brush.radius(0.05...0.25))
    let distance = try brush.distance(spot)
    let pull = try (1 - distance).clamp(min: 0) * brush.generator.uniform(0.3...0.8)
    // Each pixel takes its value from nearer to the centre, so that the tissue there grows.
    func source(_ coordinate: Tensor, _ centre: Float) throws -> Tensor {
      let place = try coordinate + pull * (centre - coordinate)
      return try (place * 2 + 1) / Float(brush.size) - 1
    }
    let grid = try Tensor.stack(
      [source(brush.column, spot.column), source(brush.row, spot.row)], dim: 2)
    let size = brush.size
    let swollen = try canvas.z.reshape([1, 1, size, size]).gridSample(grid.unsqueeze(0))
      .reshape([size, size])
    let weight = try ((1 - distance) * brush.logUniform(4...20)).sigmoid()
    try canvas.blend(swollen + brush.generator.uniform(0...1.5), weight: weight)
  }
}
