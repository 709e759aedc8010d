package import Tensors

/// The slices of a batch that one process of a group computes, and their weight in the batch.
package struct BatchShard: Sendable {
  private let group: any ProcessGroup
  /// Slices of the batch, over all processes.
  package let batchSize: Int
  /// The slices of this process, at least one. With fewer slices than processes, a process without any
  /// computes the first one with weight 0, so that all processes make the same calls.
  package let range: Range<Int>
  /// The shard's fraction of the batch, 0 to 1. Losses times this weight add up to the mean over all slices.
  let weight: Double
  /// The slice after the shard's last one, on the processor, for methods that take tissue from it; after the
  /// batch's last slice comes its first.
  package var following: Batch?

  /// Nil in a group of one process, which computes whole batches.
  package init?(of batchSize: Int, in group: any ProcessGroup) {
    guard group.worldSize > 1 else { return nil }
    let range = batchSize * group.rank / group.worldSize..<batchSize * (group.rank + 1) / group.worldSize
    self.group = group
    self.batchSize = batchSize
    self.range = range.isEmpty ? 0..<1 : range
    weight = Double(range.count) / Double(batchSize)
  }

  /// The divisor of a sum over the shard's pixels, given their count. The weighted quotients of all shards
  /// add up to the sum over the batch divided by the batch's count.
  func divisor(_ count: Tensor) throws -> Tensor {
    var sum = [weight == 0 ? 0 : try count.item()]
    try group.allReduce(&sum)
    return weight == 0 ? count : try Tensor.full([], sum[0] * Float(weight), device: count.device)
  }

  /// Overwrites gradients with their sums over all processes, in one message.
  package func sum(_ gradients: [Tensor]) throws {
    try withoutGradients {
      var values = try Tensor.cat(gradients.map { try $0.flatten(from: 0) }).values()
      try group.allReduce(&values)
      let sums = try Tensor(values, shape: [values.count])
      var start = 0
      for gradient in gradients {
        try gradient.copy_(from: sums.narrow(0, start: start, length: gradient.count).reshape(gradient.shape))
        start += gradient.count
      }
    }
  }

  /// The losses of the batch from those of its shards.
  package func mean(_ losses: Losses) throws -> Losses {
    let names = losses.terms.keys.sorted()
    var values = ([losses.total] + names.map { losses.terms[$0] ?? 0 }).map { Float($0 * weight) }
    try group.allReduce(&values)
    let terms = zip(names, values.dropFirst()).map { ($0, Double($1)) }
    return Losses(total: Double(values[0]), terms: Dictionary(uniqueKeysWithValues: terms))
  }
}

extension Tensor {
  /// The divisor of a sum over the pixels where this mask is 1: their count in the batch that `shard` is a
  /// part of, at least 1.
  func pixels(_ shard: BatchShard?) throws -> Tensor {
    let count = try sum()
    return try (shard?.divisor(count) ?? count).clamp(min: 1)
  }
}
