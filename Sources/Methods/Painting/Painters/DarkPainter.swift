import Base
import Tensors

/// A dark lesion of 0.7 to 5 z; half of them have a bright rim, as cavities do.
struct DarkPainter: AnomalyPainter {
  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush, donor: BatchSlice) throws {
    let spot = brush.spot(in: canvas.inside, radius: brush.radius(0.016...0.15))
    let weight = try brush.ellipse(spot)
    let fading = brush.generator.uniform(0.2...1), depth = brush.logUniform(0.7...5)
    var painted = try canvas.z * fading - depth * (brush.texture() * 0.2 + 1)
    if brush.generator.chance(0.5) {
      let rim = brush.logUniform(0.7...4)
      let core = try ((brush.generator.uniform(0.4...0.8) - brush.distance(spot)) * 8).sigmoid()
      painted = try core * painted + (1 - core) * (canvas.z * fading + rim)
    }
    try canvas.blend(painted, weight: weight)
  }
}
