import Base
import Foundation
import Volumes

/// The lesions of one synthetic slice or brain: rough ellipsoids with soft edges, and a band around the ventricles.
struct LesionPainter {
  private struct Ellipsoid {
    /// The centre in pixels and in slices of the anatomy.
    let x, y, z: Float
    /// The radii in voxels along the turned in-plane axes and across the slices.
    var radii: SIMD3<Float>
    /// The direction of the first axis.
    let cosine, sine: Float
    let roughness, sharpness, opacity: Float

    func scaled(by factor: Float) -> Ellipsoid {
      var scaled = self
      scaled.radii *= factor
      return scaled
    }
  }

  /// Where lesions are drawn.
  enum Place {
    /// Close to a slice.
    case near(Int)
    /// Lesions in all of these slices.
    case brain(ClosedRange<Int>)

    var isBrain: Bool { if case .brain = self { true } else { false } }
  }

  /// Nil if no lesion is painted.
  let kind: LesionKind?
  private var ellipsoids: [Ellipsoid] = []
  private let band: (width: Float, opacity: Float, noise: SmoothNoise)?
  private let intensity, fluidShare, texture: Float
  private let roughness, variation: SmoothNoise

  /// Draws lesions; `grey` is the intensity of grey matter, `slices` are those of the anatomy that can be made.
  init(
    _ settings: SynthesisSettings.Lesions, in place: Place, grey: Float, shape: HeadShape,
    slices: ClosedRange<Int>, random: inout SeededGenerator
  ) {
    kind = Self.kind(settings, random: &random)
    let isLarge = kind == .large
    let spacing = Float(Anatomy.grid.spacing.x)
    roughness = SmoothNoise(
      spacing: (isLarge ? 13 : 6) / spacing, depth: (isLarge ? 9 : 4.5) / spacing, slices: slices,
      random: &random)
    variation = SmoothNoise(spacing: 6 / spacing, depth: 4.5 / spacing, slices: slices, random: &random)
    intensity = grey * random.logUniform(settings.intensity)
    fluidShare = random.uniform(0.3...1)
    texture = random.uniform(0...0.15)
    band =
      kind == .confluent
      ? (
        random.uniform(settings.bandWidth), random.uniform(settings.opacity) - 0.1,
        SmoothNoise(spacing: 15 / spacing, depth: 9 / spacing, slices: slices, random: &random)
      ) : nil
    let sites = LesionSites(settings, in: place, shape: shape, random: &random)
    func ellipsoid(radius: Float, depth: Float, roughness: ClosedRange<Float>, isFocal: Bool) -> Ellipsoid? {
      let elongation = Point(
        random.uniform(-0.5...0.5), random.uniform(-0.5...0.5), random.uniform(-0.5...0.5))
      // The direction is that of a point in the disc.
      var axis = SIMD2<Float>(random.uniform(-1...1), random.uniform(-1...1))
      axis /= max((axis * axis).sum().squareRoot(), 1e-3)
      let shape = (random.uniform(roughness), random.logUniform([2, 8]), random.uniform(settings.opacity))
      guard let site = sites.draw(depth: depth / spacing, isFocal: isFocal, random: &random) else {
        return nil
      }
      return Ellipsoid(
        x: Float(site.pixel % SyntheticSlice.side), y: Float(site.pixel / SyntheticSlice.side), z: site.z,
        radii: radius / spacing
          * Point(exponential(elongation.x), exponential(elongation.y), exponential(elongation.z)),
        cosine: axis.x, sine: axis.y, roughness: shape.0, sharpness: shape.1, opacity: shape.2)
    }
    switch kind {
    case nil: break
    case .large:
      ellipsoids = (0..<random.count(1...2)).compactMap { _ in
        let radius = random.logUniform(settings.largeRadius)
        return ellipsoid(radius: radius, depth: 0.7 * radius, roughness: 0.2...0.9, isFocal: false)
      }
    case .focal, .confluent:
      let largest = random.logUniform([settings.smallestMaximum, settings.radius[1]])
      let limits = place.isBrain ? settings.brainCount : settings.count
      let count = Int(random.logUniform([limits[0], limits[1] + 1]))
      ellipsoids = (0..<count).compactMap { _ in
        let radius = random.logUniform([settings.radius[0], Double(largest)])
        return ellipsoid(radius: radius, depth: 1.3 * radius + 2, roughness: 0.1...0.7, isFocal: true)
      }
    }
  }

  private static func kind(
    _ settings: SynthesisSettings.Lesions, random: inout SeededGenerator
  ) -> LesionKind? {
    let draw = Double(random.uniform(0...1))
    if draw < settings.none { return nil }
    if draw < settings.none + settings.large { return .large }
    return draw < settings.none + settings.large + settings.confluent ? .confluent : .focal
  }

  /// The focal lesions with radii in mm in this range that are well apart from all others.
  func lesionsApart(radii: ClosedRange<Float>) -> [Int] {
    let spacing = Float(Anatomy.grid.spacing.x), gap = 3 / spacing
    func radius(_ one: Ellipsoid) -> Float { one.radii.max() }
    return ellipsoids.indices.filter { index in
      let one = ellipsoids[index]
      guard radii.contains(radius(one) * spacing) else { return false }
      return ellipsoids.indices.allSatisfy { other in
        let other = (index: other, one: ellipsoids[other])
        let distance = Point(one.x - other.one.x, one.y - other.one.y, one.z - other.one.z).length
        return other.index == index || distance > 1.3 * (radius(one) + radius(other.one)) + gap
      }
    }
  }

  /// The painter of some of its lesions, of which the `chosen` have so many times their volume.
  func keeping(_ isKept: (Int) -> Bool, enlarging chosen: Set<Int> = [], by factor: Float = 1)
    -> LesionPainter
  {
    var painter = self
    painter.ellipsoids = ellipsoids.indices.filter(isKept).map { index in
      guard chosen.contains(index) else { return ellipsoids[index] }
      return ellipsoids[index].scaled(by: pow(factor, 1 / 3))
    }
    return painter
  }

  /// Returns the share of each voxel of the brain and the mask that the lesions replace, and the intensity that they add.
  func paint(_ slab: Slab, over intensities: Field, inside mask: Field) -> (share: Field, gain: Field) {
    let share = Field(slices: slab.slices.count), gain = Field(slices: slab.slices.count)
    let noise = Field(slices: 1)
    for (slice, position) in slab.slices.enumerated() {
      let out = share[slice], position = Float(position)
      roughness.write(slice: position, to: noise[0])
      for one in ellipsoids { paint(one, slice: position, noise: noise[0], to: out) }
      if let band {
        band.noise.write(slice: position, to: noise[0])
        let distance = slab.ventricleDistance[slice], white = slab.white[slice]
        for i in 0..<SyntheticSlice.area where distance[i] > 0 && distance[i] < 2 * band.width {
          let depth = (band.width - distance[i]) / 3 + 1.2 * noise[0][i]
          out[i] = max(out[i], logistic(2 * depth) * white[i] * band.opacity)
        }
      }
      variation.write(slice: position, to: noise[0])
      let (brain, fluid, healthy) = (slab.brain[slice], slab.fluid[slice], intensities[slice]),
        mask = mask[slice]
      for i in 0..<SyntheticSlice.area where out[i] > 0 {
        out[i] *= brain[i] * mask[i] * (1 - fluid[i] * fluidShare)
        let target = intensity * (1 + texture * noise[0][i])
        gain[slice][i] = max(target - healthy[i], -0.05) * out[i]
      }
    }
    return (share, gain)
  }

  private func paint(
    _ one: Ellipsoid, slice: Float, noise: UnsafeMutablePointer<Float>, to out: UnsafeMutablePointer<Float>
  ) {
    let w = (slice - one.z) / one.radii.z
    // Beyond twice the radii there is nothing.
    guard abs(w) < 2 else { return }
    let extent = 2 * max(one.radii.x, one.radii.y), last = Float(SyntheticSlice.side - 1)
    let columns = Int(max(one.x - extent, 0))...Int(min(one.x + extent + 1, last))
    let rows = Int(max(one.y - extent, 0))...Int(min(one.y + extent + 1, last))
    for y in rows {
      for x in columns {
        let (dx, dy) = (Float(x) - one.x, Float(y) - one.y)
        let u = (dx * one.cosine + dy * one.sine) / one.radii.x
        let v = (dy * one.cosine - dx * one.sine) / one.radii.y
        let square = u * u + v * v + w * w
        guard square < 4 else { continue }
        let i = y * SyntheticSlice.side + x
        let depth = 1 - square + one.roughness * noise[i]
        guard depth > -1.5 else { continue }
        out[i] = max(out[i], logistic(depth * one.sharpness) * one.opacity)
      }
    }
  }
}

/// The places where lesions are likely.
private struct LesionSites {
  private let settings: SynthesisSettings.Lesions
  private let place: LesionPainter.Place
  private let shape: HeadShape
  /// The distance in mm over which the attraction of the ventricles falls by e; nil without one.
  private let reach: Float?
  /// The smallest distance of white matter to the ventricles, in the slice that lesions are close to, in mm.
  private let nearest: Float

  init(
    _ settings: SynthesisSettings.Lesions, in place: LesionPainter.Place, shape: HeadShape,
    random: inout SeededGenerator
  ) {
    (self.settings, self.place, self.shape) = (settings, place, shape)
    let reach = random.uniform(settings.reach)
    self.reach = random.chance(Float(settings.periventricular)) ? reach : nil
    guard case .near(let slice) = place else {
      nearest = 0
      return
    }
    let voxels = slice * SyntheticSlice.area..<(slice + 1) * SyntheticSlice.area, anatomy = shape.anatomy
    nearest =
      Float(
        voxels.reduce(UInt8.max) { anatomy.white[$1] < 128 ? $0 : min($0, anatomy.ventricleDistance[$1]) })
      / 4
  }

  /// Draws a site, at most `depth` slices from the one that lesions are close to, by rejection; nil if there
  /// is hardly any.
  func draw(depth: Float, isFocal: Bool, random: inout SeededGenerator) -> (pixel: Int, z: Float)? {
    let range =
      switch place {
      case .near(let slice): Float(slice) - depth...Float(slice) + depth
      case .brain(let slices): Float(slices.lowerBound)...Float(slices.upperBound)
      }
    for _ in 0..<1000 {
      let pixel = random.count(0...SyntheticSlice.area - 1), z = random.uniform(range)
      let voxel = shape.voxel(of: pixel, inSlice: Int(z.rounded()))
      guard shape.anatomy.brain[voxel] != 0 else { continue }
      if !isFocal || random.chance(weight(voxel)) { return (pixel, z) }
    }
    return nil
  }

  private func weight(_ voxel: Int) -> Float {
    let anatomy = shape.anatomy, distance = Float(anatomy.ventricleDistance[voxel]) / 4
    guard distance > 0 else { return 0 }
    var weight = (Float(anatomy.white[voxel]) + Float(settings.greyWeight) * Float(anatomy.grey[voxel])) / 255
    let infratentorial = Tissue.cerebellum.bit | Tissue.brainStem.bit, set = anatomy.tissues[voxel]
    if set != 0, set & ~infratentorial == 0 { weight *= Float(settings.infratentorialWeight) }
    if let reach { weight *= exponential(-max(distance - nearest, 0) / reach) }
    return weight
  }
}
