import Volumes

/// The tissues of the slices of an anatomy that one synthetic slice is made of, deformed.
struct Slab {
  let anatomy: Anatomy
  let warp: SliceWarp
  /// The slice of the anatomy in the middle.
  let centre: Int
  /// The slices that are made, from the centre.
  let offsets: [Int]
  /// Fractions of tissue, whose sum is 1 inside the brain; 1 inside the brain.
  let grey, white, fluid, brain: Field
  /// The anatomy's own texture relative to white matter.
  let texture: Field
  /// Distances to the ventricles and to the edge of the brain in mm.
  let ventricleDistance, edgeDistance: Field

  init(_ anatomy: Anatomy, warp: SliceWarp, centre: Int, offsets: [Int]) {
    (self.anatomy, self.warp, self.centre, self.offsets) = (anatomy, warp, centre, offsets)
    func field() -> Field { Field(slices: offsets.count) }
    (grey, white, fluid, brain) = (field(), field(), field(), field())
    (texture, ventricleDistance, edgeDistance) = (field(), field(), field())
    for slice in offsets.indices {
      let source = Self.slice(offsets[slice], from: centre)
      warp.write(anatomy.grey, slice: source, scale: 1, to: grey[slice])
      warp.write(anatomy.white, slice: source, scale: 1, to: white[slice])
      warp.write(anatomy.fluid, slice: source, scale: 1, to: fluid[slice])
      warp.write(anatomy.brain, slice: source, scale: 1, to: brain[slice])
      warp.write(anatomy.texture, slice: source, scale: 1 / 200, to: texture[slice])
      warp.write(anatomy.ventricleDistance, slice: source, scale: 0.25, to: ventricleDistance[slice])
      warp.write(anatomy.edgeDistance, slice: source, scale: 0.25, to: edgeDistance[slice])
    }
    for i in 0..<offsets.count * SyntheticSlice.area {
      let inside: Float = brain.values[i] > 0.5 ? 1 : 0
      let scale = inside / max(grey.values[i] + white.values[i] + fluid.values[i], 1)
      brain.values[i] = inside
      grey.values[i] *= scale
      white.values[i] *= scale
      fluid.values[i] *= scale
      texture.values[i] *= inside
    }
  }

  /// The slice of the anatomy at an offset; beyond its ends the last one.
  static func slice(_ offset: Int, from centre: Int) -> Int {
    min(max(centre + offset, 0), Anatomy.grid.shape[2] - 1)
  }

  /// The tissue sets of the central slice inside a brain mask; no pixel inside has an empty set.
  func tissues(inside mask: [Float]) -> [UInt8] {
    let source = centre * SyntheticSlice.area, side = SyntheticSlice.side
    let all = Tissue.allCases.reduce(0) { $0 | $1.bit }
    return mask.indices.map { i in
      guard mask[i] > 0 else { return 0 }
      let nearest = anatomy.tissues[source + Int(warp.nearest[i])]
      guard nearest == 0 else { return nearest }
      let first = source + Int(warp.corner[i])
      let around = [0, 1, side, side + 1].reduce(0) { $0 | anatomy.tissues[first + $1] }
      return around == 0 ? all : around
    }
  }
}
