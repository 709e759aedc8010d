import Base
import Foundation
import Volumes

/// The rigid registration of two scans of one head: mutual information inside the brains, coarse to fine.
///
/// Each scan is registered to the other, and the map is the mean of the two results: exchanged scans give its
/// inverse.
struct RigidRegistration: Sendable {
  /// The map from world mm of the first scan to world mm of the second.
  let toSecond: Affine
  /// The distance in mm between the results of the two directions, the largest of the corners of the brain.
  let inconsistency: Double
  /// The factors by which an affine map would stretch the first scan along R, A and S.
  let stretch: SIMD3<Double>
  /// The scans half way.
  let halfway: HalfwayBrains

  private struct Level {
    let spacing: Double
    let iterations, bins: Int
  }

  private static let first = Level(spacing: 6, iterations: 50, bins: 32)
  private static let refinements = [
    Level(spacing: 4, iterations: 50, bins: 32), Level(spacing: 2, iterations: 40, bins: 48),
  ]
  /// The level of the affine map, in both directions.
  private static let stretching = Level(spacing: 3, iterations: 40, bins: 48)

  /// Registers two brains.
  ///
  /// - Throws: A ``Problem`` if the registration fails.
  init(from first: RegisteredBrain, to second: RegisteredBrain) throws {
    let brains = [first, second]
    let forward = try Self.start(from: first, to: second)
    let starts = [forward, try forward.inverse()]
    let found = try Self.inBothDirections { direction in
      let (fixed, moving) = (brains[direction], brains[1 - direction])
      return try Self.refinements.reduce(starts[direction]) {
        try Self.register(fixed, moving, .rigid, $1, from: $0)
      }
    }
    let backward = try found[1].inverse()
    toSecond = try found[0].mean(with: backward)
    let affine = [toSecond, try toSecond.inverse()]
    let stretched = try Self.inBothDirections { direction in
      try Self.register(
        brains[direction], brains[1 - direction], .affine, Self.stretching, from: affine[direction])
    }
    stretch = try stretched[0].mean(with: stretched[1].inverse()).spacing
    inconsistency = first.corners.map { (found[0].apply($0) - backward.apply($0)).length }.max() ?? 0
    halfway = try HalfwayBrains(brains, toSecond)
  }

  /// The best of the maps that header, template and centres of the brains suggest, after the coarsest level in both
  /// directions: overlap and fine structure decide, because from a bad start the mutual information of what little
  /// overlaps may be high.
  private static func start(from first: RegisteredBrain, to second: RegisteredBrain) throws -> Affine {
    var starts =
      [Affine.identity]
      + RegistrationStarts.offsets(first.height, second.height).map { z in
        Affine(diagonal: SIMD3(1, 1, 1), origin: second.centre - first.centre + SIMD3(0, 0, z))
      }
    if let from = first.toTemplate, let to = second.toTemplate {
      let there = try to.inverse().composed(with: from).rigid(about: first.centre)
      let back = try from.inverse().composed(with: to).rigid(about: second.centre)
      starts.append(try there.mean(with: back.inverse()))
    }
    let tried = starts
    let ends = concurrentMap(tried.count) { index in
      Result {
        let there = try register(first, second, .rigid, Self.first, from: tried[index])
        let back = try register(second, first, .rigid, Self.first, from: tried[index].inverse())
        let affine = try there.mean(with: back.inverse())
        let halfway = try HalfwayBrains([first, second], affine)
        return (affine: affine, fit: halfway.correlationRatio * halfway.overlap)
      }
    }
    // From a bad start the images may not overlap at all; one good start is enough.
    guard let best = ends.compactMap({ try? $0.get() }).max(by: { $0.fit < $1.fit }) else {
      return try ends[0].get().affine
    }
    return best.affine
  }

  private static func inBothDirections(_ body: @Sendable (Int) throws -> Affine) throws -> [Affine] {
    try concurrentMap(2) { direction in Result { try body(direction) } }.map { try $0.get() }
  }

  private static func register(
    _ fixed: RegisteredBrain, _ moving: RegisteredBrain, _ kind: ITK.Stage.Kind, _ level: Level,
    from start: Affine
  ) throws -> Affine {
    let image = try fixed.brain.image(spacing: level.spacing)
    return try ITK.register(
      fixed: image, region: fixed.inside(image.geometry), moving: moving.brain.image(spacing: level.spacing),
      from: start,
      stage: ITK.Stage(
        kind: kind, iterations: level.iterations, bins: level.bins, sampling: 1, seed: 0,
        firstStep: level.spacing / 2)
    ).affine
  }
}
