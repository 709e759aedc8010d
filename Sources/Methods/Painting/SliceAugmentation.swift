import Base
import StrictSettings
import Foundation
import Tensors

/// Limits of the random rotation, scaling, shift and change of intensity of training slices.
struct SliceAugmentation: Settings {
  /// Largest rotation in radians.
  var rotation = 0.1
  /// Largest relative change of size.
  var scale = 0.07
  /// Largest shift as a fraction of the grid's side.
  var shift = 0.02
  /// Largest factor by which the contrast is multiplied or divided.
  var gain = 1.25
  /// Largest shift of all intensities, in z.
  var offset = 0.3
  /// Largest standard deviation of an added smooth field, in z.
  var field = 0.4
  /// Largest standard deviation of added white noise, in z.
  var noise = 0.4

  func validate(path: String) throws {
    try require((0...3.2).contains(rotation), path, "rotation", rotation, "0 to 3.2 radians")
    try require((0...0.5).contains(scale), path, "scale", scale, "0 to 0.5")
    try require((0...0.5).contains(shift), path, "shift", shift, "0 to 0.5")
    try require((1...4).contains(gain), path, "gain", gain, "1 to 4")
    try require((0...5).contains(offset), path, "offset", offset, "0 to 5 z")
    try require((0...5).contains(field), path, "field", field, "0 to 5 z")
    try require((0...5).contains(noise), path, "noise", noise, "0 to 5 z")
  }

  /// Slices that are moved and recoloured, with one seed each.
  func augment(_ batch: ContextBatch, seeds: [UInt64]) throws -> ContextBatch {
    try batch.replaced(seeds: seeds) { slices, index, brush in
      var slice = try moved(slices[index], &brush)
      slice.z = try recoloured(slice.z, &brush)
      return slice
    }
  }

  /// The slice rotated, scaled and shifted; its lesion mask and its normal values move along.
  func moved(_ slice: BatchSlice, _ brush: inout Brush) throws -> BatchSlice {
    let angle = brush.generator.uniform(around(rotation)),
      stretch = 1 + brush.generator.uniform(around(scale))
    let (dx, dy) = (brush.generator.uniform(around(2 * shift)), brush.generator.uniform(around(2 * shift)))
    let size = brush.size
    let (x, y) = (try (brush.column * 2 + 1) / Float(size) - 1, try (brush.row * 2 + 1) / Float(size) - 1)
    let grid = try Tensor.stack(
      [
        (x * cos(angle) - y * sin(angle)) / stretch + dx, (x * sin(angle) + y * cos(angle)) / stretch + dy,
      ], dim: 2)
    func moved(_ planes: Tensor) throws -> Tensor {
      try planes.unsqueeze(0).gridSample(grid.unsqueeze(0)).squeeze(0)
    }
    let planes = try moved(.stack([slice.z * slice.brain, slice.brain]))
    let weight = try planes.select(0, 1)
    // Divided by its fraction of brain, a pixel at the rim is not darker than its neighbours.
    return try BatchSlice(
      z: planes.select(0, 0) / weight.clamp(min: 0.5), brain: weight.greater(than: 0.5).to(.float32),
      lesion: slice.lesion.map { try moved($0.unsqueeze(0)).squeeze(0) }, normal: slice.normal.map(moved))
  }

  /// The intensities after a random gain, offset, smooth field and noise, in z.
  func recoloured(_ z: Tensor, _ brush: inout Brush) throws -> Tensor {
    let gain = brush.logUniform(Float(1 / gain)...Float(gain)),
      offset = brush.generator.uniform(around(offset))
    let field = try brush.noise(cells: 4) * brush.generator.uniform(0...Float(field))
    let noise = try brush.noise(cells: brush.size) * brush.generator.uniform(0...Float(noise))
    return try (z * gain + offset + field + noise)
      .clamp(min: RobustZScale.scores.lowerBound, max: RobustZScale.scores.upperBound)
  }

  private func around(_ limit: Double) -> ClosedRange<Float> { -Float(limit)...Float(limit) }
}
