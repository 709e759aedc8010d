import Base
public import Tensors

/// The circumstances of a training step.
public struct StepContext {
  /// The learning rate of the schedule at this step.
  public var learningRate: Double
  /// The fraction of all steps that are done, 0 to less than 1, for methods that train in stages.
  public var progress: Double
  /// The random numbers of this step, seeded by run and step, so that a resumed run repeats them.
  public var generator: Generator
  /// The shard of the batch that this process computes; nil for the whole batch.
  package var shard: BatchShard?

  /// The context of one step.
  public init(learningRate: Double, progress: Double = 0, generator: Generator) {
    (self.learningRate, self.progress, self.generator) = (learningRate, progress, generator)
  }

  /// One seed per slice. A slice has the same seed whether its batch is computed whole or in shards.
  func seeds(count: Int) throws -> [UInt64] {
    // A float32 sampled from 0 to 1 holds 24 random bits, so two make the 48 bits of the step's seed.
    let bits = try Tensor.rand([2], generator: generator.forAllRows).values().map { UInt64($0 * 0x1p24) }
    return (0..<count).map { index in
      let number = UInt64((shard?.range.lowerBound ?? 0) + index)
      var seeds = SeededGenerator(seed: bits[0] << 24 | bits[1], stream: number)
      return seeds.next()
    }
  }
}
