import Base
import Methods
import StrictSettings
import Volumes

/// Makes FLAIR slices with known tissue and lesions from anatomies.
///
/// Slices have 128 x 128 pixels of 1.5 mm: the axial slices of the anatomies. A slice depends on its seed
/// alone, so any number of threads can make slices.
package struct FLAIRSynthesis: Sendable {
  /// The ranges that slices draw from.
  package let settings: SynthesisSettings
  /// Whether lesions are painted; without them the slice of a seed is the same where no lesion would be.
  package let paintsLesions: Bool
  /// The distance to the slices below and above in mm; 0 = none.
  package let adjacentDistance: Double
  private let subjects: [Subject]

  /// An anatomy, the slices that are drawn from it and the voxels that its statistics come from.
  private struct Subject: Sendable {
    let anatomy: Anatomy
    let slices: [Int]
    let sample: TissueSample
  }

  /// The streams of random numbers of one seed, apart so that each part of a slice keeps its numbers when
  /// another changes.
  private enum Stream: UInt64 {
    case choice, acquisition, shape, contrast, lesions, statistics, noise
  }

  /// Creates the synthesis for the grid, range and scale of a recipe.
  ///
  /// Throws a ``ConfigurationError`` for another grid than the anatomies', a scale other than robust z and a
  /// distance out of range, and a ``Problem`` if no anatomy has a slice in the recipe's range.
  package init(
    anatomies: [Anatomy], settings: SynthesisSettings, recipe: Recipe = Recipe(), paintsLesions: Bool,
    adjacentDistance: Double
  ) throws {
    try recipe.requireZScores(for: "synthesis")
    let grid = Anatomy.grid
    try require(
      recipe.gridSize == grid.shape[0], "recipe", "gridSize", recipe.gridSize,
      "\(grid.shape[0]): synthetic slices have this size")
    try require(
      recipe.gridSpacing == grid.spacing.x, "recipe", "gridSpacing", recipe.gridSpacing,
      "\(grid.spacing.x) mm: synthetic slices have this spacing")
    try require(
      recipe.gridCentre == Recipe().gridCentre, "recipe", "gridCentre", recipe.gridCentre,
      "\(Recipe().gridCentre): synthetic slices have this centre")
    try require(
      (0...20).contains(adjacentDistance), "recipe", "adjacentDistance", adjacentDistance, "0 to 20 mm")
    try settings.validate(path: "synthesis")
    let pixelArea = grid.spacing.x * grid.spacing.y
    subjects = anatomies.map { anatomy in
      let slices = (0..<grid.shape[2]).filter { slice in
        let voxels = slice * SyntheticSlice.area..<(slice + 1) * SyntheticSlice.area
        let brain = anatomy.brain[voxels].count { $0 != 0 }
        return recipe.contains(z: Self.z(ofSlice: slice))
          && Double(brain) * pixelArea >= max(recipe.minimumBrainArea, pixelArea)
      }
      return Subject(anatomy: anatomy, slices: slices, sample: TissueSample(anatomy))
    }.filter { !$0.slices.isEmpty }
    guard !subjects.isEmpty else {
      throw Problem(
        .usage, "no anatomy has a slice in the axial range of the recipe", at: "recipe.zRange",
        advice: "widen the range, or give anatomies")
    }
    self.settings = settings
    self.paintsLesions = paintsLesions
    self.adjacentDistance = adjacentDistance
  }

  private static func z(ofSlice slice: Int) -> Double {
    Anatomy.grid.affine.origin.z + Double(slice) * Anatomy.grid.spacing.z
  }

  /// Makes the slice of a seed: any anatomy, any of its slices.
  package func slice(seed: UInt64) -> SyntheticSlice {
    var random = SeededGenerator(seed: seed, stream: Stream.choice.rawValue)
    let subject = subjects[random.count(0...subjects.count - 1)]
    return slice(seed: seed, of: subject, centre: subject.slices[random.count(0...subject.slices.count - 1)])
  }

  /// Makes the slice of a seed from one of the anatomies, at the height nearest to `z` mm.
  package func slice(seed: UInt64, anatomy: Int, z: Double) -> SyntheticSlice {
    let subject = subjects[anatomy]
    let centre = subject.slices.min { abs(Self.z(ofSlice: $0) - z) < abs(Self.z(ofSlice: $1) - z) }
    return slice(seed: seed, of: subject, centre: centre ?? 0)
  }

  private func slice(seed: UInt64, of subject: Subject, centre: Int) -> SyntheticSlice {
    func random(_ stream: Stream) -> SeededGenerator { SeededGenerator(seed: seed, stream: stream.rawValue) }
    let distance = Float(adjacentDistance / Anatomy.grid.spacing.z), anatomy = subject.anatomy
    let reach = Acquisition.reach(settings.acquisition, distance: distance)
    var draw = random(.acquisition)
    let acquisition = Acquisition(settings.acquisition, distance: distance, random: &draw)
    draw = random(.shape)
    let warp = SliceWarp(settings.shape, anatomy: anatomy, slice: centre, random: &draw)
    let slab = Slab(anatomy, warp: warp, centre: centre, offsets: acquisition.offsets)
    draw = random(.contrast)
    let contrast = FLAIRContrast(settings.contrast, reach: reach, random: &draw)
    draw = random(.statistics)
    let statistics = contrast.statistics(subject.sample, noise: acquisition.noise, random: &draw)
    let intensities = contrast.intensities(slab)
    draw = random(.lesions)
    let painter =
      paintsLesions
      ? LesionPainter(
        settings.lesions, grey: contrast.grey, anatomy: anatomy, warp: warp, centre: centre, reach: reach,
        random: &draw) : nil
    let lesions = painter.flatMap { $0.kind == .none ? nil : $0.paint(slab, over: intensities) }

    var images = [[Float]](), brains = [[Float]](), label = [Float](repeating: 0, count: SyntheticSlice.area)
    draw = random(.noise)
    for plane in acquisition.planes.indices {
      let brain = acquisition.average(slab.brain, plane: plane)
      let image = acquisition.average(intensities, plane: plane)
      acquisition.resolve(image, brain: brain)
      if let lesions {
        let gain = acquisition.average(lesions.gain, plane: plane)
        acquisition.resolve(gain, brain: brain)
        for i in 0..<SyntheticSlice.area { image.values[i] += gain.values[i] }
        if acquisition.planes[plane] == 0 {
          let share = acquisition.average(lesions.share, plane: plane)
          let visible = max(Float(settings.lesions.labelContrast), 1.2 * acquisition.noise)
          for i in label.indices where brain.values[i] > 0.5 {
            let isLesion = share.values[i] > Float(settings.lesions.labelShare) && gain.values[i] > visible
            label[i] = isLesion ? 1 : 0
          }
        }
      }
      images.append(
        acquisition.input(image, plane: plane, brain: brain, statistics: statistics, random: &draw))
      brains.append((0..<SyntheticSlice.area).map { brain.values[$0] > 0.5 ? 1 : 0 })
    }
    let middle = images.count / 2
    return SyntheticSlice(
      image: images[middle], adjacent: images.count > 1 ? images[0] + images[2] : [], brain: brains[middle],
      adjacentBrain: brains.count > 1 ? brains[0] + brains[2] : [], lesion: label,
      tissues: slab.tissues(inside: brains[middle]), lesions: painter?.kind ?? .none,
      z: Self.z(ofSlice: centre), anatomy: anatomy.name)
  }
}
