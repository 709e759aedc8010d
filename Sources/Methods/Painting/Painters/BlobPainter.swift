import Base
import Tensors

/// A bright lesion: the contrast of the tissue fades, and a textured intensity of 0.7 to 6 z is added.
struct BlobPainter: AnomalyPainter {
  /// Limits of the radius as fractions of the grid's side.
  let radius: ClosedRange<Float>

  func paint(_ canvas: inout SliceCanvas, _ brush: inout Brush, donor: BatchSlice) throws {
    let spot = brush.spot(in: canvas.inside, radius: brush.radius(radius))
    let weight = try brush.ellipse(spot)
    let fading = brush.generator.uniform(0.3...1), intensity = brush.logUniform(0.7...6)
    let texture = try brush.texture() * brush.generator.uniform(0...0.4) + 1
    try canvas.blend(canvas.z * fading + texture * intensity, weight: weight)
  }
}
