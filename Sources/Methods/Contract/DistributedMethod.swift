/// A method that several processes can train together, each on a shard of every batch.
///
/// Its losses are means over slices, its random numbers come from the step's generator and seeds alone, and
/// it learns by `Adam.minimize` only.
package protocol DistributedMethod: Method {
  /// The setting that makes the slices of a batch depend on each other; nil where there is none.
  var reasonItCannotBeDistributed: String? { get throws }
}

extension DistributedMethod {
  /// Batch norm takes its statistics from a whole batch.
  package var reasonItCannotBeDistributed: String? {
    get throws { try state.keys.contains { $0.hasSuffix("running_mean") } ? "model.network.norm=batch" : nil }
  }
}
