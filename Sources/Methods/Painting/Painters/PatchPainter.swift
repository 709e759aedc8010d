import Base
import Tensors

/// Tissue of another slice, shifted and perhaps mirrored, interpolated with what was there (Tan et al. 2020).
struct PatchPainter: AnomalyPainter {
  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush, donor: BatchSlice) throws {
    let spot = brush.spot(in: canvas.inside, radius: brush.radius(0.025...0.25))
    let reach = max(1, brush.size / 8)
    let shifts = (0..<2).map { _ in brush.generator.count(-reach...reach) }
    let isMirrored = brush.generator.chance(0.5)
    func moved(_ x: Tensor) throws -> Tensor {
      try (isMirrored ? x.flip([1]) : x).roll(shifts, dims: [0, 1])
    }
    let weight = try brush.ellipse(spot) * moved(donor.brain) * brush.generator.uniform(0.6...1)
    let gain = brush.generator.uniform(0.8...1.4), offset = brush.generator.uniform(-0.5...2)
    try canvas.blend(moved(donor.z) * gain + offset, weight: weight)
  }
}
