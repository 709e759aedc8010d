import _TestSupport
import Foundation
import Synchronization
import Tensors
import Testing

@testable import Base
import Methods
@testable import Norma

@Suite struct ProcessGroupTests {
  /// Norms that look at single slices, and all that depends on draws, on neighbours in the batch and on its last, smaller
  /// batch: twelve slices in batches of five.
  @Test(arguments: [
    Row("an autoencoder", ("dense-ae", ["model.network.norm=group", "model.network.dropout=0.3"])),
    Row("drawn codes", ("dense-vae", ["model.network.norm=group"])),
    Row(
      "spatial codes with dropout",
      ("spatial-vae", ["model.network.norm=group", "model.network.dropout=0.2"])),
    Row("painted anomalies", ("synthetic", [])), Row("coarse noise", ("denoising", [])),
    Row("lesions with their masks", ("supervised", [])),
    Row("a critic", ("anovaegan", ["model.network.norm=none"])),
    Row("a generator", ("anogan", ["model.network.norm=group"])),
  ])
  func severalProcessesTrainLikeOne(row: Row<(String, [String])>) throws {
    let (preset, settings) = row.body
    try withTemporaryFolder { folder in
      let cohort =
        try preset == "supervised" ? TestCohort.labelled(in: folder) : TestCohort(in: folder)
      let configuration = try Configuration.tiny(
        preset,
        settings: settings + [
          "model.network.channels=[16, 16]", "training.mirror=0.5", "training.batchSize=5",
        ])
      func train(_ count: Int) throws -> (weights: [String: Tensor], records: [EpochRecord]) {
        let place = RunFolder(folder.appendingPathComponent("run-\(count)"))
        try ThreadGroup.run(count) { group in
          let run = try TrainingRun(
            configuration: configuration, manifest: cohort.manifest, folder: place, name: "tiny")
          _ = try run.run(group: group)
        }
        let checkpoint = try Checkpoint(contentsOf: place.lastCheckpoint)
        return (checkpoint.model, checkpoint.progress.records)
      }
      let one = try train(1)
      // Of the last batch of two slices, the third process has none.
      for count in [2, 3] {
        let several = try train(count)
        let difference = try Self.distance(several.weights, one.weights)
        #expect(difference < 1e-5, "\(count) processes")
        for (a, b) in zip(several.records, one.records) {
          #expect(abs(a.trainingLoss - b.trainingLoss) <= 1e-5 * abs(b.trainingLoss))
          #expect(a.trainingTerms.keys == b.trainingTerms.keys)
        }
        #expect(several.records.count == one.records.count)
      }
    }
  }

  /// The norm of the difference of all weights over that of the weights.
  static func distance(_ a: [String: Tensor], _ b: [String: Tensor]) throws -> Double {
    var difference = 0.0, size = 0.0
    for (name, tensor) in b {
      for (x, y) in zip(try a.golden(name).values(), try tensor.values()) {
        difference += Double(x - y) * Double(x - y)
        size += Double(y) * Double(y)
      }
    }
    return (difference / size).squareRoot()
  }

  @Test(arguments: [
    Row("batch norm", ("dense-vae", [String](), "model.network.norm=batch")),
    Row("what is normal", ("synthetic", ["model.context=[normative]"], "model.context=normative")),
    Row("a method without gradients", ("normative", [], "'normative'")),
  ])
  func whatTiesABatchTogetherIsRefused(row: Row<(String, [String], String)>) throws {
    let (preset, settings, words) = row.body
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder)
      let place = RunFolder(folder.appendingPathComponent("run"))
      let configuration = try Configuration.tiny(preset, settings: settings)
      let problem = try problem {
        try ThreadGroup.run(2) { group in
          let run = try TrainingRun(
            configuration: configuration, manifest: cohort.manifest, folder: place, name: "tiny")
          _ = try run.run(group: group)
        }
      }
      #expect(problem.kind == .usage && problem.what.contains(words))
      #expect(!FileManager.default.fileExists(atPath: place.url.path))
    }
  }

  /// Both stop where one was asked to, and go on to the same weights; then as one process, too.
  @Test func anInterruptedProcessStopsAll() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder)
      let place = RunFolder(folder.appendingPathComponent("run"))
      let configuration = try Configuration.tiny("dense-vae", settings: ["model.network.norm=group"])
      let steps = Mutex(0)
      let problem = try problem {
        try ThreadGroup.run(2) { group in
          let run = try TrainingRun(
            configuration: configuration, manifest: cohort.manifest, folder: place, name: "tiny")
          _ = try run.run(
            group: group,
            onEvent: { if case .step = $0, group.rank == 1 { steps.withLock { $0 += 1 } } },
            shouldStop: { group.rank == 1 && steps.withLock { $0 == 2 } })
        }
      }
      #expect(problem.kind == .interrupted)
      #expect(try Checkpoint(contentsOf: place.lastCheckpoint).progress.step == 2)
      #expect(try TrainingRun(resuming: place).run().description.provenance.epochs == 2)
    }
  }
}

/// Threads in place of processes.
final class ThreadGroup: ProcessGroup {
  let rank: Int
  let worldSize: Int
  private let table: Table

  private init(rank: Int, worldSize: Int, table: Table) {
    (self.rank, self.worldSize, self.table) = (rank, worldSize, table)
  }

  /// Runs the body once in each; throws what the first failing one threw. All must fail or none.
  static func run(_ count: Int, _ body: @escaping @Sendable (any ProcessGroup) throws -> Void) throws {
    let table = Table(count), ended = DispatchSemaphore(value: 0), failures = Mutex([any Error]())
    for rank in 0..<count {
      let thread = Thread {
        do {
          try body(ThreadGroup(rank: rank, worldSize: count, table: table))
        } catch {
          failures.withLock { $0.append(error) }
        }
        ended.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { ended.wait() }
    if let failure = failures.withLock({ $0.first }) { throw failure }
  }

  func allReduce(_ values: inout [Float]) { values = table.sum(values) }
  func barrier() { _ = table.sum([]) }

  /// Where they meet: the last to come hands out the sum.
  private final class Table: @unchecked Sendable {
    private let count: Int
    private let condition = NSCondition()
    private var (arrived, round): (Int, Int) = (0, 0)
    private var values = [Float](), result = [Float]()

    init(_ count: Int) { self.count = count }

    func sum(_ own: [Float]) -> [Float] {
      condition.lock()
      defer { condition.unlock() }
      values = arrived == 0 ? own : zip(values, own).map { $0 + $1 }
      arrived += 1
      guard arrived < count else {
        (result, arrived, round) = (values, 0, round + 1)
        condition.broadcast()
        return result
      }
      let mine = round
      while round == mine { condition.wait() }
      return result
    }
  }
}
