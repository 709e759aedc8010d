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

  /// A step's batch, or this process's shard of it and the shard's place in the batch.
  func batch(
    _ step: Int, of contents: SliceStore.Contents, in group: any ProcessGroup
  ) throws -> (batch: Batch, shard: BatchShard?) {
    func batch(_ range: Range<Int>) throws -> Batch {
      let numbers = range.map { step * batchSize + $0 }
      return try contents.batch(numbers.map { slices[$0] }, mirrored: numbers.map { mirrored[$0] })
    }
    guard var shard = BatchShard(of: count(step), in: group) else { return (try batch(0..<count(step)), nil) }
    let next = shard.range.upperBound % shard.batchSize
    shard.following = try batch(next..<next + 1)
    return (try batch(shard.range), shard)
  }
}
