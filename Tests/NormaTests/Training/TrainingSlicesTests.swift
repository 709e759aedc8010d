import _TestSupport
import Foundation
import Synchronization
import Tensors
import Testing

@testable import Base
@testable import StrictSettings
@testable import Methods
@testable import Preprocessing
@testable import Norma

/// Slices that are made and not stored: other ones in every epoch.
private struct MadeSlices: TrainingSlices {
  let seed: UInt64
  let count: Int
  let cases = 1
  var digest: String { "\(seed)" }
  let showsLesions = true
  let isSynthetic = true

  func batch(_ numbers: [Int], mirrored: [Bool], epoch: Int) throws -> Batch {
    let made = try zip(numbers, mirrored).map { number, isMirrored in
      var seeds = SeededGenerator(seed: seed, stream: UInt64(epoch), UInt64(number))
      let slice = try LesionTissueTests.squares(seeds.next(), slices: 1)
      return isMirrored ? try slice.mirrored() : slice
    }
    return Batch(
      images: try .cat(made.map(\.images)), brain: try .cat(made.map(\.brain)),
      lesions: try .cat(made.compactMap(\.lesions)), adjacent: try .cat(made.compactMap(\.adjacent)),
      tissues: try .cat(made.compactMap(\.tissues)), z: made.flatMap(\.z))
  }
}

/// The trainer with slices that are made while it trains.
@Suite struct TrainingSlicesTests {
  /// Twelve slices in batches of five; stopped before a step, if one is given.
  private func train(
    in folder: URL, group: any ProcessGroup = SingleProcess(), stopBefore stop: Int? = nil
  ) throws -> (progress: TrainingProgress, state: [String: Tensor]) {
    let configuration = try Configuration.tiny("whole-brain", settings: ["training.batchSize=5"])
    // With a group norm of single channels, biases would have no gradient but rounding.
    let method = try LesionTissueTests.make(["model.network.channels=[16, 16]"])
    let trainer = Trainer(
      configuration: configuration, method: method, run: RunFolder(folder),
      training: MadeSlices(seed: 1, count: 12),
      validation: MadeSlices(seed: 2, count: 7), device: .cpu, group: group)
    var steps = 0
    let progress = try trainer.train(
      resume: true, onEvent: { if case .step = $0 { steps += 1 } }, shouldStop: { steps == stop })
    return (progress, try method.state)
  }

  @Test func anInterruptedRunEndsLikeAnyOther() throws {
    try withTemporaryFolder { folder in
      let whole = try train(in: folder.appendingPathComponent("whole"))
      #expect(whole.progress.epoch == 2 && whole.progress.records.allSatisfy { $0.validationLoss != nil })
      #expect(Set(whole.progress.records[0].trainingTerms.keys) == ["cross_entropy", "dice", "tissue"])
      let part = folder.appendingPathComponent("part")
      #expect(try problem { try train(in: part, stopBefore: 4) }.kind == .interrupted)
      let resumed = try train(in: part)
      #expect(try MethodMatrixTests.bytes(resumed.state) == MethodMatrixTests.bytes(whole.state))
      #expect(resumed.progress.records.map(\.trainingLoss) == whole.progress.records.map(\.trainingLoss))
    }
  }

  @Test func severalProcessesTrainLikeOne() throws {
    try withTemporaryFolder { folder in
      let one = try train(in: folder.appendingPathComponent("1")).state
      for count in [2, 3] {
        let states = Mutex([[String: Tensor]]())
        try ThreadGroup.run(count) { group in
          let state = try train(in: folder.appendingPathComponent("\(count)"), group: group).state
          states.withLock { $0.append(state) }
        }
        for state in states.withLock({ $0 }) {
          let difference = try ProcessGroupTests.distance(state, one)
          #expect(difference < 1e-5, "\(count) processes")
        }
      }
    }
  }
}
