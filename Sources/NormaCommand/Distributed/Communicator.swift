#if Distributed
  import CMPI
  import Norma

  /// The processes that MPI started together. All functions must be called on the main thread.
  final class Communicator: ProcessGroup {
    let rank, worldSize: Int

    /// Joins the group; throws a ``Problem`` if MPI does not start.
    init() throws {
      var (rank, count): (Int32, Int32) = (0, 0)
      try Self.check(cmpi_start(&rank, &count))
      (self.rank, self.worldSize) = (Int(rank), Int(count))
    }

    func allReduce(_ values: inout [Float]) throws { try Self.check(cmpi_sum(&values, Int32(values.count))) }
    func barrier() throws { try Self.check(cmpi_wait()) }

    /// Leaves the group.
    func finish() throws { try Self.check(cmpi_finish()) }

    /// Ends all processes with this exit code.
    func abort(_ code: Int32) { cmpi_abort(code) }

    private static func check(_ code: Int32) throws {
      guard code != 0 else { return }
      var text = [CChar](repeating: 0, count: Int(CMPI_MESSAGE_LENGTH))
      cmpi_message(code, &text)
      let reason = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      throw Problem(
        .internalError, "MPI failed: \(reason)", at: "between the processes",
        advice: "see the launcher's messages, then continue with --resume")
    }
  }
#endif
