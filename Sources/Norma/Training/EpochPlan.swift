import Base
import Methods

/// The order of the slices of an epoch and which of them are mirrored, determined by (seed, epoch).
struct EpochPlan: Sendable {
  private let order: [Int]
  private let mirrored: [Bool]
  private let batchSize, epoch: Int

  init(count: Int, settings: TrainingSettings, epoch: Int) {
    var generator = SeededGenerator(seed: UInt64(settings.seed), stream: 1, UInt64(epoch))
    order = (0..<count).shuffled(using: &generator)
    mirrored = order.map { _ in Double.random(in: 0..<1, using: &generator) < settings.mirror }
    (batchSize, self.epoch) = (settings.batchSize, epoch)
  }

  /// Returns the number of slices of a step's batch.
  func count(_ step: Int) -> Int { min(batchSize, order.count - step * batchSize) }

  /// A step's batch, or this process's shard of it and the shard's place in the batch.
  func batch(
    _ step: Int, of slices: any TrainingSlices, in group: any ProcessGroup
  ) throws -> (batch: Batch, shard: BatchShard?) {
    func batch(_ range: Range<Int>) throws -> Batch {
      let numbers = range.map { step * batchSize + $0 }
      return try slices.batch(
        numbers.map { order[$0] }, mirrored: numbers.map { mirrored[$0] }, epoch: epoch)
    }
    guard var shard = BatchShard(of: count(step), in: group) else { return (try batch(0..<count(step)), nil) }
    let next = shard.range.upperBound % shard.batchSize
    shard.following = try batch(next..<next + 1)
    return (try batch(shard.range), shard)
  }
}
