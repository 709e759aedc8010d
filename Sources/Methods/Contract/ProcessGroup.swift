/// Processes that train one model together, each on its shard of every batch.
///
/// All processes must make the same calls in the same order.
public protocol ProcessGroup: Sendable {
  /// The number of this process, from 0; process 0 writes the files.
  var rank: Int { get }
  /// The number of processes.
  var worldSize: Int { get }
  /// Overwrites the values with their sums over all processes; every process gets the same sums bit for bit.
  ///
  /// - Throws: The error of the transport, as does ``barrier()``.
  func allReduce(_ values: inout [Float]) throws
  /// Returns when all processes have called it.
  func barrier() throws
}

/// A group of one process.
public struct SingleProcess: ProcessGroup {
  /// 0.
  public let rank = 0
  /// 1.
  public let worldSize = 1

  /// The group.
  public init() {}

  /// Leaves the values as they are.
  public func allReduce(_ values: inout [Float]) {}
  /// Returns at once.
  public func barrier() {}
}

extension ProcessGroup {
  /// Runs the body in process 0 and then in the others, which find the files that it wrote.
  package func rankZeroFirst<Result>(_ body: () throws -> Result) throws -> Result {
    if rank > 0 { try barrier() }
    let result = try body()
    if rank == 0 { try barrier() }
    return result
  }

  /// Runs the body in process 0 only; the others continue when it is done.
  package func onRankZero(_ body: () throws -> Void) throws {
    if rank == 0 { try body() }
    try barrier()
  }

  /// Whether the condition holds in any process.
  package func any(_ condition: Bool) throws -> Bool {
    var sum: [Float] = [condition ? 1 : 0]
    try self.allReduce(&sum)
    return sum[0] > 0
  }

  /// Whether all processes have the same text.
  package func agree(on text: String) throws -> Bool {
    let bytes = text.utf8.map { Float($0) }
    var sum = bytes
    try self.allReduce(&sum)
    return try !any(sum != bytes.map { $0 * Float(worldSize) })
  }
}
