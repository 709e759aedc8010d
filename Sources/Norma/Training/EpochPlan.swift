import Base
import Methods

/// The order of the slices of an epoch and which of them are mirrored, determined by (seed, epoch).
struct EpochPlan: Sendable {
  let slices: [SliceStore.Slice]
  let mirrored: [Bool]
  let batchSize: Int

  init(slices: [SliceStore.Slice], settings: TrainingSettings, epoch: Int) {
    var generator = SeededGenerator(seed: UInt64(settings.seed), stream: 1, UInt64(epoch))
    self.slices = slices.shuffled(using: &generator)
    mirrored = slices.map { _ in Double.random(in: 0..<1, using: &generator) < settings.mirror }
    batchSize = settings.batchSize
  }

  /// Returns the number of slices of a step's batch.
  func count(_ step: Int) -> Int { min(batchSize, slices.count - step * batchSize) }

  /// Returns the batch of a step, or a shard of it.
  func batch(_ step: Int, of contents: SliceStore.Contents, shard: BatchShard?) throws -> Batch {
    func batch(_ range: Range<Int>) throws -> Batch {
      let numbers = range.map { step * batchSize + $0 }
      return try contents.batch(numbers.map { slices[$0] }, mirrored: numbers.map { mirrored[$0] })
    }
    guard let shard else { return try batch(0..<count(step)) }
    var shardBatch = try batch(shard.range)
    let next = shard.range.upperBound % shard.whole
    shardBatch.following = try batch(next..<next + 1).slices()[0]
    return shardBatch
  }
}
