package import Tensors

/// What one process of a group computes of a batch, and how that counts in the whole.
package struct BatchShard {
  private let group: any ProcessGroup
  /// Slices of the whole batch.
  package let whole: Int
  /// This process's slices, at least one: where there are fewer slices than processes, one without any computes the
  /// first with weight 0, so that all processes make the same calls.
  package let range: Range<Int>
  /// Share of the whole batch, 0 to 1: by it losses add up to the mean over all slices.
  let weight: Double

  /// Nil in a group of one process, which computes batches whole.
  package init?(of whole: Int, in group: any ProcessGroup) {
    guard group.worldSize > 1 else { return nil }
    let range = whole * group.rank / group.worldSize..<whole * (group.rank + 1) / group.worldSize
    (self.group, self.whole) = (group, whole)
    self.range = range.isEmpty ? 0..<1 : range
    weight = Double(range.count) / Double(whole)
  }

  /// What a sum over the share's pixels is divided by, given their count, so that the weighted quotients of all shares
  /// add up to the sum over the whole batch divided by its count.
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

  /// The losses of the whole batch from those of its shares.
  package func mean(_ losses: Losses) throws -> Losses {
    let names = losses.terms.keys.sorted()
    var values = ([losses.total] + names.map { losses.terms[$0] ?? 0 }).map { Float($0 * weight) }
    try group.allReduce(&values)
    let terms = zip(names, values.dropFirst()).map { ($0, Double($1)) }
    return Losses(total: Double(values[0]), terms: Dictionary(uniqueKeysWithValues: terms))
  }
}

/// A method whose steps several processes can share: losses are means over slices, draws come from the step's
/// generator and seeds alone, and all learning is by `Adam.minimize`.
package protocol SharedLearning: Method {
  /// The settings that tie the slices of a batch together; nil without such.
  var obstacle: String? { get throws }
}

extension Batch {
  /// Brain pixels by which a sum over the brain is divided, at least 1.
  package func pixels(_ share: BatchShard?) throws -> Tensor {
    let count = try brain.sum()
    return try (share?.divisor(count) ?? count).clamp(min: 1)
  }
}

extension SharedLearning {
  /// Batch norm takes its statistics from a whole batch.
  package var obstacle: String? {
    get throws { try state.keys.contains { $0.hasSuffix("running_mean") } ? "model.network.norm=batch" : nil }
  }
}
