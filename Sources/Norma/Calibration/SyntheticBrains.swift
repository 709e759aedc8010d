import Base
import Foundation
import Methods
import Volumes

/// Simulated lesion-free brains that calibrate where no scan does: each has a shape, a contrast and a scanner of
/// its own.
struct SyntheticBrains: Sendable {
  /// The number of brains.
  let count: Int
  /// The number of anatomies that they come from.
  var anatomies: Int { min(count, synthesis.anatomyCount) }
  private let synthesis: FLAIRSynthesis
  private let recipe: Recipe
  private let seed: UInt64

  /// Brains of the anatomies of a synthesis in turn, as many as the configuration says. Their seeds are not those
  /// of slices.
  init(of synthesis: FLAIRSynthesis, configuration: Configuration) {
    var seeds = SeededGenerator(seed: UInt64(configuration.training.seed), stream: 2)
    (self.synthesis, recipe, seed) = (synthesis.lesionFree, configuration.recipe, seeds.next())
    count = configuration.calibration.syntheticBrains
  }

  /// Brains of anatomies in turn.
  ///
  /// - Throws: A ``ConfigurationError`` for a recipe that the synthesis does not support.
  init(of anatomies: [Anatomy], configuration: Configuration) throws {
    self.init(
      of: try FLAIRSynthesis(
        anatomies: anatomies, settings: configuration.synthesis, recipe: configuration.recipe,
        paintsLesions: false, adjacentDistance: configuration.recipe.adjacentDistance),
      configuration: configuration)
  }

  /// Makes a brain on the model grid.
  func scan(_ number: Int) -> GriddedScan {
    var seeds = SeededGenerator(seed: seed, stream: UInt64(number))
    return GriddedScan(
      synthesis.brain(seed: seeds.next(), anatomy: number % synthesis.anatomyCount), recipe: recipe)
  }
}

extension GriddedScan {
  /// The volume of a head in template space over its own: the median of 13 registered scans.
  private static let enlargement = 1.33

  /// A synthetic brain, whose slices are those of the model grid. Its voxels count with the size that they have
  /// in a head.
  init(_ brain: SyntheticBrain, recipe: Recipe) {
    let z = brain.slices.map(\.z), size = 1 / cbrt(Self.enlargement)
    let head = brain.geometry.moved(
      by: Affine(diagonal: SIMD3(repeating: size), origin: .zero))
    let inside = Mask(geometry: head, voxels: brain.brain.voxels)
    self.init(
      slices: Array(z.indices), z: z, images: brain.image.voxels, brain: brain.slices.flatMap(\.brain),
      notes: [], adjacentDistance: recipe.adjacentDistance,
      placement: TemplatePlacement(scan: brain.geometry, recipe: recipe, z: z),
      orientation: Orientation(of: head), wholeBrain: inside, scoredBrain: inside,
      native: Volume(geometry: head, voxels: brain.image.voxels))
  }
}
