import Volumes

/// The tissues of some slices of an anatomy, deformed, of which one synthetic slice is made.
struct Slab {
  /// The slices of the anatomy; beyond its ends the last one is repeated.
  let slices: [Int]
  /// Fractions of tissue, whose sum is 1 inside the brain; 1 inside the brain.
  let grey, white, fluid, brain: Field
  /// The anatomy's own texture relative to white matter.
  let texture: Field
  /// Distances to the ventricles, to the edge of the brain inside it and to the brain outside it, in mm.
  let ventricleDistance, edgeDistance, outsideDistance: Field

  init(_ shape: HeadShape, slices: [Int]) {
    self.slices = slices
    let anatomy = shape.anatomy
    func field() -> Field { Field(slices: slices.count) }
    (grey, white, fluid, brain) = (field(), field(), field(), field())
    (texture, ventricleDistance) = (field(), field())
    (edgeDistance, outsideDistance) = (field(), field())
    for (slice, position) in slices.enumerated() {
      let warp = shape.warp(ofSlice: position)
      warp.write(anatomy.grey, scale: 1, to: grey[slice])
      warp.write(anatomy.white, scale: 1, to: white[slice])
      warp.write(anatomy.fluid, scale: 1, to: fluid[slice])
      warp.write(anatomy.brain, scale: 1, to: brain[slice])
      warp.write(anatomy.texture, scale: 1 / 200, to: texture[slice])
      warp.write(anatomy.ventricleDistance, scale: 0.25, to: ventricleDistance[slice])
      warp.write(anatomy.edgeDistance, scale: 0.25, to: edgeDistance[slice])
      warp.write(anatomy.outsideDistance, scale: 0.25, to: outsideDistance[slice])
    }
    for i in 0..<slices.count * SyntheticSlice.area {
      let inside: Float = brain.values[i] > 0.5 ? 1 : 0
      let scale = inside / max(grey.values[i] + white.values[i] + fluid.values[i], 1)
      brain.values[i] = inside
      grey.values[i] *= scale
      white.values[i] *= scale
      fluid.values[i] *= scale
      texture.values[i] *= inside
    }
  }
}
