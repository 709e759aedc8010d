import Base
import Methods
import StrictSettings
import Volumes

/// Makes FLAIR slices and brains with known tissue and lesions from anatomies.
///
/// Slices have 128 x 128 pixels of 1.5 mm: the axial slices of the anatomies. For a finer model grid they are enlarged
/// by a whole factor. A slice depends on its seed alone, so any number of threads can make slices.
package struct FLAIRSynthesis: Sendable {
  /// The ranges that slices draw from.
  package let settings: SynthesisSettings
  /// Whether lesions are painted; without them the slice of a seed is the same where no lesion would be.
  package private(set) var paintsLesions: Bool
  /// The distance to the slices below and above in mm; 0 = none.
  package let adjacentDistance: Double
  /// The number of anatomies that have a slice in the range of the recipe.
  package var anatomyCount: Int { subjects.count }
  private let sliceSpacing: Double
  /// The pixels of the model grid along each pixel of an anatomy.
  private let enlargement: Int
  private let subjects: [Subject]

  /// An anatomy, the slices that are drawn from it and the voxels that its statistics come from.
  private struct Subject: Sendable {
    let anatomy: Anatomy
    let slices: [Int]
    /// With those beyond the brain, where a mask may have remnants.
    let drawn: [Int]
    let sample: TissueSample
  }

  /// Creates the synthesis for the grid, range and scale of a recipe.
  ///
  /// Throws a ``ConfigurationError`` for a grid that does not divide the anatomies' pixels, a scale other than robust z and a
  /// distance out of range, and a ``Problem`` if no anatomy has a slice in the recipe's range.
  package init(
    anatomies: [Anatomy], settings: SynthesisSettings, recipe: Recipe = Recipe(), paintsLesions: Bool,
    adjacentDistance: Double
  ) throws {
    try recipe.requireZScores(for: "synthesis")
    let grid = Anatomy.grid
    try require(
      recipe.gridSize.isMultiple(of: grid.shape[0]), "recipe", "gridSize", recipe.gridSize,
      "a multiple of \(grid.shape[0]): synthetic slices have this size or are enlarged by a whole factor")
    let enlargement = recipe.gridSize / grid.shape[0], spacing = grid.spacing.x / Double(enlargement)
    try require(
      recipe.gridSpacing == spacing, "recipe", "gridSpacing", recipe.gridSpacing,
      "\(spacing) mm: synthetic slices of this size have this spacing")
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
        return recipe.contains(z: Anatomy.z(at: Double(slice)))
          && Double(brain) * pixelArea >= max(recipe.minimumBrainArea, pixelArea)
      }
      let beyond = settings.remnants.probability > 0 ? Self.slicesBeyond : 0
      let (low, high) = (slices.first ?? 0, slices.last ?? 0)
      return Subject(
        anatomy: anatomy, slices: slices,
        drawn: (max(low - beyond, 0)..<min(high + beyond + 1, grid.shape[2])).filter {
          recipe.contains(z: Anatomy.z(at: Double($0)))
        },
        sample: TissueSample(anatomy))
    }.filter { !$0.slices.isEmpty }
    guard !subjects.isEmpty else {
      throw Problem(
        .usage, "no anatomy has a slice in the axial range of the recipe", at: "recipe.zRange",
        advice: "widen the range, or give anatomies")
    }
    self.settings = settings
    self.paintsLesions = paintsLesions
    self.adjacentDistance = adjacentDistance
    sliceSpacing = recipe.sliceSpacing
    self.enlargement = enlargement
  }

  /// The same synthesis without lesions.
  package var lesionFree: FLAIRSynthesis {
    var copy = self
    copy.paintsLesions = false
    return copy
  }

  /// The slices below and above a brain in which its mask may have remnants.
  private static let slicesBeyond = 4

  /// Makes the slice of a seed: any anatomy, any of its slices.
  package func slice(seed: UInt64) -> SyntheticSlice {
    var random = SeededGenerator(seed: seed, stream: 0)
    let subject = subjects[random.count(0...subjects.count - 1)]
    return slice(seed: seed, of: subject, centre: subject.drawn[random.count(0...subject.drawn.count - 1)])
  }

  /// Makes the slice of a seed from one of the anatomies, at the height nearest to `z` mm.
  package func slice(seed: UInt64, anatomy: Int, z: Double) -> SyntheticSlice {
    let subject = subjects[anatomy]
    let centre = subject.slices.min {
      abs(Anatomy.z(at: Double($0)) - z) < abs(Anatomy.z(at: Double($1)) - z)
    }
    return slice(seed: seed, of: subject, centre: centre ?? 0)
  }

  private func slice(seed: UInt64, of subject: Subject, centre: Int) -> SyntheticSlice {
    let distance = Float(adjacentDistance / Anatomy.grid.spacing.z), centre = (index: centre, Float(centre))
    return head(
      seed: seed, of: subject, planes: [centre.1 - distance, centre.1 + distance],
      lesions: .near(centre.index)
    ).slice(at: centre.1, adjacentDistance: distance).enlarged(by: enlargement)
  }

  /// Makes the brain of a seed from one of the anatomies: all slices of the recipe, in one shape, contrast and
  /// scanner. Without lesions a slice is that of ``slice(seed:anatomy:z:)`` but for its adjacent slices.
  package func brain(seed: UInt64, anatomy: Int) -> SyntheticBrain {
    let positions = positions(ofAnatomy: anatomy), head = head(seed: seed, anatomy: anatomy)
    return SyntheticBrain(
      slices: concurrentMap(positions.count) {
        head.slice(at: positions[$0], adjacentDistance: 0).enlarged(by: enlargement)
      },
      sliceSpacing: sliceSpacing)
  }

  /// Draws the head of a brain, of which every slice of the anatomy can be made, also those without brain.
  func head(seed: UInt64, anatomy: Int) -> SyntheticHead {
    let subject = subjects[anatomy]
    let (low, high) = (subject.slices[0], subject.slices[subject.slices.count - 1])
    return head(
      seed: seed, of: subject, planes: [0, Float(Anatomy.grid.shape[2] - 1)], lesions: .brain(low...high))
  }

  /// Draws the head of a scan whose slices are between two heights in mm.
  func head(seed: UInt64, anatomy: Int, between bottom: Double, and top: Double) -> SyntheticHead {
    let subject = subjects[anatomy], (low, high) = (Self.position(ofZ: bottom), Self.position(ofZ: top))
    let inside = subject.slices.filter { (low...high).contains(Float($0)) }
    let lowest = inside.first ?? subject.slices[0]
    return head(
      seed: seed, of: subject, planes: [low, high], lesions: .brain(lowest...(inside.last ?? lowest)))
  }

  /// The position of a height in mm, in slices of the anatomy.
  static func position(ofZ z: Double) -> Float {
    Float((z - Anatomy.grid.affine.origin.z) / Anatomy.grid.spacing.z)
  }

  /// The positions of a brain's slices in slices of the anatomy.
  func positions(ofAnatomy anatomy: Int) -> [Float] {
    let slices = subjects[anatomy].slices
    return Array(
      stride(
        from: Float(slices[0]), through: Float(slices[slices.count - 1]),
        by: Float(sliceSpacing / Anatomy.grid.spacing.z)))
  }

  private func head(
    seed: UInt64, of subject: Subject, planes: [Float], lesions: LesionPainter.Place
  ) -> SyntheticHead {
    SyntheticHead(
      seed: seed, anatomy: subject.anatomy, sample: subject.sample, settings: settings, planes: planes,
      lesions: paintsLesions ? lesions : nil)
  }
}
