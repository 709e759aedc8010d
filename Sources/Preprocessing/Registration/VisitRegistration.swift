import Base
import Foundation
public import Volumes

/// The rigid registration of two visits of one person: mutual information inside the brains, coarse to fine.
///
/// Each visit is registered to the other, and the map is the mean of the two results: exchanged visits give its
/// inverse.
public struct VisitRegistration: Sendable {
  /// The map from world mm of the baseline to world mm of the follow-up.
  public let toFollowUp: Affine
  /// The distance in mm between the results of the two directions, the largest of the corners of the brain.
  public let inconsistency: Double
  /// The factors by which an affine map would stretch the baseline along R, A and S.
  public let stretch: SIMD3<Double>
  /// The Dice overlap of the brains.
  public let overlap: Double
  /// The correlation of the fine structure of the two brains, -1...1: that of one person's folds is high.
  public let agreement: Double

  private struct Level {
    let spacing: Double
    let iterations, bins: Int
  }

  private static let first = Level(spacing: 6, iterations: 50, bins: 32)
  private static let refinements = [
    Level(spacing: 4, iterations: 50, bins: 32), Level(spacing: 2, iterations: 40, bins: 48),
  ]
  /// The voxel sizes in mm at which fine structure is compared, and below which structure is fine.
  private static let fineSpacing = 2.0, coarseSpacing = 6.0
  /// The level of the affine map, in both directions.
  private static let stretching = Level(spacing: 3, iterations: 40, bins: 48)

  /// Registers the brains of two preprocessed scans.
  ///
  /// - Throws: A ``Problem`` for scans without a brain, or if the registration fails.
  public init(from baseline: PreprocessedScan, to followUp: PreprocessedScan) throws {
    let visits = try [baseline, followUp].map(VisitBrain.init)
    let coarse = try Self.inBothDirections { try Self.start(from: visits[$0], to: visits[1 - $0]) }
    let forward = try coarse[0].mean(with: coarse[1].inverse())
    let starts = [forward, try forward.inverse()]
    let found = try Self.inBothDirections { direction in
      let (fixed, moving) = (visits[direction], visits[1 - direction])
      return try Self.refinements.reduce(starts[direction]) {
        try Self.register(fixed, moving, .rigid, $1, from: $0).affine
      }
    }
    let backward = try found[1].inverse()
    toFollowUp = try found[0].mean(with: backward)
    let affine = [toFollowUp, try toFollowUp.inverse()]
    let stretched = try Self.inBothDirections { direction in
      try Self.register(
        visits[direction], visits[1 - direction], .affine, Self.stretching, from: affine[direction]
      )
      .affine
    }
    stretch = try stretched[0].mean(with: stretched[1].inverse()).spacing
    inconsistency = visits[0].corners.map { (found[0].apply($0) - backward.apply($0)).length }.max() ?? 0
    (overlap, agreement) = try Self.likeness(visits, toFollowUp)
  }

  /// The best of the maps that header, template and centres of the brains suggest, after the coarsest level.
  private static func start(from baseline: VisitBrain, to followUp: VisitBrain) throws -> Affine {
    var shift = Affine.identity
    shift.origin = followUp.centre - baseline.centre
    var starts = [Affine.identity, shift]
    if let from = baseline.toTemplate, let to = followUp.toTemplate {
      starts.append(try to.inverse().composed(with: from).rigid(about: baseline.centre))
    }
    let tried = starts
    let ends = concurrentMap(tried.count) { index in
      Result { try register(baseline, followUp, .rigid, first, from: tried[index]) }
    }
    // From a bad start the images may not overlap at all; one good start is enough.
    guard let best = ends.compactMap({ try? $0.get() }).min(by: { $0.metric < $1.metric }) else {
      return try ends[0].get().affine
    }
    return best.affine
  }

  private static func inBothDirections(_ body: @Sendable (Int) throws -> Affine) throws -> [Affine] {
    try concurrentMap(2) { direction in Result { try body(direction) } }.map { try $0.get() }
  }

  private static func register(
    _ fixed: VisitBrain, _ moving: VisitBrain, _ kind: ITK.Stage.Kind, _ level: Level, from start: Affine
  ) throws -> (affine: Affine, metric: Double) {
    let image = try fixed.brain.image(spacing: level.spacing)
    return try ITK.register(
      fixed: image, region: fixed.inside(image.geometry), moving: moving.brain.image(spacing: level.spacing),
      from: start,
      stage: ITK.Stage(
        kind: kind, iterations: level.iterations, bins: level.bins, sampling: 1, seed: 0,
        firstStep: level.spacing / 2))
  }

  /// The Dice overlap of the brains, and the correlation of their intensities less those of the surroundings, away
  /// from the edge of the brains and half way between the visits.
  private static func likeness(_ visits: [VisitBrain], _ toFollowUp: Affine) throws -> (Double, Double) {
    let space = try HalfwaySpace(toFollowUp: toFollowUp)
    let target = space.grid(around: visits.map(\.brain.mask), spacing: fineSpacing)
    let surroundings = target.isotropic(spacing: coarseSpacing, around: target.box)
    func onTarget(_ volume: Volume, _ map: Affine) throws -> (sharp: [Float], blurred: [Float]) {
      let sharp = try Resample.averaged(volume.moved(by: map), to: target)
      return (
        sharp.voxels, try Resample.alongAxes(Resample.alongAxes(sharp, to: surroundings), to: target).voxels
      )
    }
    let brains = try zip(visits, space.maps).map { try onTarget($0.brain.mask.map { Float($0) }, $1) }
    let details = try zip(visits, space.maps).map { visit, map in
      let image = try onTarget(visit.brain.masked, map)
      return zip(image.sharp, image.blurred).map { $0 - $1 }
    }
    let isInside = brains.map { $0.sharp.map { $0 > 0.5 } }
    let common = zip(isInside[0], isInside[1]).count { $0 && $1 }
    let inner = details[0].indices.filter { index in brains.allSatisfy { $0.blurred[index] > 0.99 } }
    return (
      2 * Double(common) / Double(max(1, isInside.joined().count { $0 })),
      correlation(inner.map { details[0][$0] }, inner.map { details[1][$0] })
    )
  }

  private static func correlation(_ a: [Float], _ b: [Float]) -> Double {
    let count = Float(max(a.count, 1)), means = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      let (x, y) = (Double(x - means.0), Double(y - means.1))
      (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y)
    }
    return ab / max((aa * bb).squareRoot(), .leastNormalMagnitude)
  }
}

/// The brain of one visit.
private struct VisitBrain: Sendable {
  let brain: MaskedBrain
  /// The map to the template; nil if the scan's place in it is unknown.
  let toTemplate: Affine?
  /// The centre of mass and the corners of the box of the brain in world mm.
  let centre: SIMD3<Double>
  let corners: [SIMD3<Double>]

  init(_ scan: PreprocessedScan) throws {
    let mask = scan.brain ?? scan.volume.map { $0 == 0 ? 0 : 1 }
    guard let brain = MaskedBrain(scan.volume, mask: mask),
      let extent = BrainExtent(of: mask.map { Float($0) }), let box = mask.box(movedBy: .identity)
    else {
      throw Problem(
        .badData, "the scan has no positive intensities inside the brain mask", at: "the brain of a visit",
        advice: "inspect the scan and its brain mask")
    }
    self.brain = brain
    toTemplate = scan.worldToTemplate
    centre = extent.centre
    corners = (0..<8).map { corner in
      SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? box.low[$0] : box.high[$0] })
    }
  }

  /// The brain without a margin, whose edge is that of the mask: the folds decide, not the extraction.
  func inside(_ grid: Geometry) throws -> Mask {
    try Resample.alongAxes(brain.mask.map { Float($0) }, to: grid).map { $0 > 0.9 ? 1 : 0 }
  }
}
