import Base
import Volumes

/// One synthetic image of a head: shape, contrast, scanner and lesions, of which any slice can be made.
///
/// Random fields have fixed positions in the anatomy and noise depends on the position, so a slice is the same
/// whatever else is made.
struct SyntheticHead: Sendable {
  /// The streams of random numbers of one seed, apart so that each part of an image keeps its numbers when
  /// another changes.
  private enum Stream: UInt64 {
    // 0 chooses anatomy and slice.
    case acquisition = 1
    case shape, contrast, lesions, statistics, noise, remnants
  }

  private let seed: UInt64
  private let settings: SynthesisSettings
  private let acquisition: Acquisition
  private let shape: HeadShape
  private let contrast: FLAIRContrast
  private let statistics: (median: Float, deviation: Float)
  private let remnants: Remnants
  private var painter: LesionPainter?

  /// Draws the head of a seed; `planes` are the lowest and the highest position that can be made, in slices of
  /// the anatomy, `lesions` the place of lesions, if there are any.
  init(
    seed: UInt64, anatomy: Anatomy, sample: TissueSample, settings: SynthesisSettings, planes: [Float],
    lesions: LesionPainter.Place?
  ) {
    func random(_ stream: Stream) -> SeededGenerator { SeededGenerator(seed: seed, stream: stream.rawValue) }
    (self.seed, self.settings) = (seed, settings)
    let slices = Acquisition.slices(settings.acquisition, planes: planes)
    var draw = random(.acquisition)
    acquisition = Acquisition(settings.acquisition, slices: slices, random: &draw)
    draw = random(.shape)
    shape = HeadShape(settings.shape, anatomy: anatomy, random: &draw)
    draw = random(.contrast)
    contrast = FLAIRContrast(settings.contrast, slices: slices, random: &draw)
    draw = random(.remnants)
    remnants = Remnants(settings.remnants, fluid: contrast.fluid, slices: slices, random: &draw)
    draw = random(.statistics)
    statistics = contrast.statistics(sample, noise: acquisition.noise, random: &draw)
    draw = random(.lesions)
    painter = lesions.map { [contrast, shape] in
      LesionPainter(
        settings.lesions, in: $0, grey: contrast.grey, shape: shape, slices: slices, random: &draw)
    }
  }

  /// Makes the slice at a position in slices of the anatomy, and those at a distance below and above it; none
  /// for a distance of 0.
  func slice(at position: Float, adjacentDistance: Float) -> SyntheticSlice {
    let planes =
      adjacentDistance > 0
      ? [position - adjacentDistance, position, position + adjacentDistance] : [position]
    let resolved = resolved(planes), middle = planes.count / 2
    let images = resolved.images.indices.map { plane in
      acquisition.input(
        measured(resolved.images[plane], at: planes[plane]), brain: resolved.brains[plane],
        statistics: statistics)
    }
    let brains = resolved.brains.map(Self.isInside)
    return SyntheticSlice(
      gridSize: SyntheticSlice.side, image: images[middle],
      adjacent: images.count > 1 ? images[0] + images[2] : [], brain: brains[middle],
      adjacentBrain: brains.count > 1 ? brains[0] + brains[2] : [], lesion: resolved.label,
      tissues: shape.tissues(ofSlice: Int(position.rounded()), inside: brains[middle]),
      lesions: painter?.kind,
      z: Anatomy.z(at: Double(position)), anatomy: shape.anatomy.name
    )
  }

  /// Makes the slice at a position as a scanner measures it, relative to white matter: 0 outside the brain, and
  /// not negative, as magnitudes are. `brain` and `lesion` are 1 inside, 0 outside.
  func signal(at position: Float) -> (signal: [Float], brain: [Float], lesion: [Float]) {
    let resolved = resolved([position]), brain = Self.isInside(resolved.brains[0])
    let measured = measured(resolved.images[0], at: position)
    return (brain.indices.map { brain[$0] * abs(measured.values[$0]) }, brain, resolved.label)
  }

  /// The focal lesions with radii in mm in this range that are well apart from all others.
  func lesionsApart(radii: ClosedRange<Float>) -> [Int] { painter?.lesionsApart(radii: radii) ?? [] }

  /// The same head with these lesions alone.
  func keeping(lesions chosen: Set<Int>) -> SyntheticHead { painting { $0.keeping(chosen.contains) } }

  /// The same head before and after a change of these lesions, of which growing ones have `growth` times the volume.
  func visits(of chosen: Set<Int>, _ change: FollowUp.Change, growth: Float) -> (SyntheticHead, SyntheticHead)
  {
    switch change {
    case .none: (self, self)
    case .new: (painting { $0.keeping { !chosen.contains($0) } }, self)
    case .grown: (self, painting { $0.keeping({ _ in true }, enlarging: chosen, by: growth) })
    }
  }

  private func painting(_ change: (LesionPainter) -> LesionPainter) -> SyntheticHead {
    var head = self
    head.painter = painter.map(change)
    return head
  }

  private static func isInside(_ brain: Field) -> [Float] {
    (0..<SyntheticSlice.area).map { brain.values[$0] > 0.5 ? 1 : 0 }
  }

  private func measured(_ resolved: Field, at plane: Float) -> Field {
    var noise = SeededGenerator(
      seed: seed, stream: Stream.noise.rawValue, UInt64(bitPattern: Int64((plane * 1000).rounded())))
    return acquisition.measured(resolved, plane: plane, random: &noise)
  }

  /// Returns the noiseless images of planes and their parts of brain, and the label of lesions in the middle one.
  private func resolved(_ planes: [Float]) -> (images: [Field], brains: [Field], label: [Float]) {
    let middle = planes.count / 2, profiles = acquisition.profiles(of: planes)
    let slab = Slab(shape, slices: profiles.slices), intensities = contrast.intensities(slab)
    let mask = remnants.extract(slab, intensities: intensities)
    let lesions = painter.flatMap {
      $0.kind == nil ? nil : $0.paint(slab, over: intensities, inside: mask)
    }
    var images = [Field](), brains = [Field](), label = [Float](repeating: 0, count: SyntheticSlice.area)
    for plane in planes.indices {
      let brain = profiles.average(mask, plane: plane)
      let image = profiles.average(intensities, plane: plane)
      acquisition.resolve(image, brain: brain)
      if let lesions {
        let gain = profiles.average(lesions.gain, plane: plane)
        acquisition.resolve(gain, brain: brain)
        for i in 0..<SyntheticSlice.area { image.values[i] += gain.values[i] }
        if plane == middle {
          let share = profiles.average(lesions.share, plane: plane)
          let visible = max(Float(settings.lesions.labelContrast), 1.2 * acquisition.noise)
          for i in label.indices where brain.values[i] > 0.5 {
            let isLesion = share.values[i] > Float(settings.lesions.labelShare) && gain.values[i] > visible
            label[i] = isLesion ? 1 : 0
          }
        }
      }
      images.append(image)
      brains.append(brain)
    }
    return (images, brains, label)
  }
}
