import Base
public import Volumes

/// The two visits of one simulated participant, each in its own position and on its own grid.
public struct SimulatedVisits: Sendable {
  /// One visit.
  public struct Visit: Sendable {
    /// The scan in arbitrary units, 0 outside the brain.
    public let flair: Volume
    /// The brain, all lesions, and those that change between the visits.
    public let brain, lesions, changes: Mask
    /// A T1w of the head in another position; nil unless the options ask for it.
    public internal(set) var t1w: SimulatedCase.T1w?
  }

  /// The participant, such as `sub-001`.
  public let participantID: String
  /// The visits in their order.
  public let baseline, followUp: Visit
  /// The map from world mm of the baseline to world mm of the follow-up.
  public let toFollowUp: Affine
}

extension Simulator {
  /// Simulates the visits of the participant of an index, from 0: the same anatomy and lesions, but for those that
  /// change, measured twice. The result depends only on anatomies, options and index.
  ///
  /// - Throws: ``SimulationError/noPlaceForLesion(participantID:_:)`` if no head has enough separate lesions.
  public func makeVisits(_ index: Int, _ followUp: FollowUp) throws -> SimulatedVisits {
    var seeds = SeededGenerator(seed: options.seed, stream: UInt64(index))
    for _ in 0..<Self.mostHeads {
      let seed = seeds.next()
      if let objects = objects(ofHead: seed, anatomy: index % anatomies, followUp.change) {
        return measured(objects, followUp, seed: seed, index: index)
      }
    }
    throw SimulationError.noPlaceForLesion(participantID: participantID(index), .focal)
  }

  private static let mostHeads = 32
  /// The factor to the volume of a lesion that grows.
  private static let growth: Float = 1.5
  /// The radii in mm of lesions that change.
  private static let changingRadii: ClosedRange<Float> = 2.5...7
  /// The smallest volume in mm³ of a lesion that changes.
  private static let minimumVolume = 40.0

  /// Ideal visits in template space; nil if the head has too few separate lesions to change.
  private func objects(ofHead seed: UInt64, anatomy: Int, _ change: FollowUp.Change) -> [VisitObject]? {
    let head = visitSynthesis.head(seed: seed, anatomy: anatomy)
    let chosen = Set(head.lesionsApart(radii: Self.changingRadii).prefix(change.count))
    guard chosen.count == change.count else { return nil }
    let (before, after) = head.visits(of: chosen, change, growth: Self.growth)
    guard change != .none else {
      let object = VisitObject(before, changes: nil)
      return [object, object]
    }
    let changes = VisitObject(after.keeping(lesions: chosen), changes: nil).lesions
    let isVisible = changes.map { $0 > 0.5 ? UInt8(1) : 0 }.components(minimumVolume: Self.minimumVolume)
      .count
    guard isVisible >= change.count else { return nil }
    let earlier = change == .new ? nil : VisitObject(before.keeping(lesions: chosen), changes: nil).lesions
    return [VisitObject(before, changes: earlier), VisitObject(after, changes: changes)]
  }

  private func measured(
    _ objects: [VisitObject], _ followUp: FollowUp, seed: UInt64, index: Int
  ) -> SimulatedVisits {
    var random = SeededGenerator(seed: seed, stream: 98)
    let first = VisitScanner(thickness: options.voxelSize[2], random: &random)
    let second = first.next(isOther: followUp.isOtherScanner, random: &random)
    var visits = zip(objects, [first, second]).map { $1.scan($0, voxelSize: options.voxelSize) }
    if options.hasT1w {
      let maps = [first.fromScanner, second.fromScanner]
      let t1ws = t1ws(ofHead: seed, anatomy: index % anatomies, fromFLAIR: maps)
      for (number, t1w) in t1ws.enumerated() { visits[number].t1w = t1w }
    }
    return SimulatedVisits(
      participantID: participantID(index), baseline: visits[0], followUp: visits[1],
      toFollowUp: second.position.composed(with: first.fromScanner))
  }
}

/// A head as it is, on the grid of anatomies in template space.
struct VisitObject: Sendable {
  /// The signal relative to white matter, 0 outside the brain; the brain, the lesions and those that change, 0 or 1.
  let signal, brain, lesions, changes: Volume

  init(_ head: SyntheticHead, changes: Volume?) {
    let grid = Anatomy.grid
    let slices = concurrentMap(grid.shape[2]) { head.signal(at: Float($0)) }
    func volume(_ values: [Float]) -> Volume { Volume(geometry: grid, voxels: values) }
    signal = volume(slices.flatMap(\.signal))
    brain = volume(slices.flatMap(\.brain))
    lesions = volume(slices.flatMap(\.lesion))
    self.changes = changes ?? Volume(geometry: grid, repeating: 0)
  }
}
