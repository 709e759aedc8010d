import Base
public import Tensors

/// What a training step is given.
public struct StepContext {
  /// The rate of the schedule at this step.
  public var learningRate: Double
  /// Share of all steps already done, 0 to less than 1, for methods that train in stages.
  public var progress: Double
  /// Draws of this step; seeded by run seed and step, so a resumed run draws the same.
  public var generator: Generator
  /// The shard of the batch that this process computes; nil for the whole batch.
  package var shard: BatchShard?

  /// A step's context.
  public init(learningRate: Double, progress: Double = 0, generator: Generator) {
    (self.learningRate, self.progress, self.generator) = (learningRate, progress, generator)
  }

  /// One seed a slice, from the step's draws.
  package func seeds(count: Int) throws -> [UInt64] {
    let draw = try Tensor.rand([2], generator: generator.forAllRows).values().map { UInt64($0 * 0x1p24) }
    return (0..<count).map { index in
      let number = UInt64((shard?.range.lowerBound ?? 0) + index)
      var seeds = SeededGenerator(seed: draw[0] << 24 | draw[1], stream: number)
      return seeds.next()
    }
  }
}
