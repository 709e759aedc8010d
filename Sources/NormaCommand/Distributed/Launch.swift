import Foundation
import Norma

/// How this process was started: alone, or with others by mpirun or srun.
enum Launch {
  /// Where launchers say how many processes they started. `SLURM_NTASKS` is not among them: a batch script has it too.
  private static let variables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]

  /// Processes that were started together.
  private static var count: Int {
    variables.compactMap { ProcessInfo.processInfo.environment[$0].flatMap { Int($0) } }.max() ?? 1
  }

  /// Runs the body in the group of these processes; a failure in one of them ends all. Throws a ``Problem`` where they
  /// cannot work together.
  static func together(_ console: Console, _ body: (any ProcessGroup) throws -> Void) throws {
    guard count > 1 else { return try body(SingleProcess()) }
    #if Distributed
      let group = try Communicator()
      do {
        guard group.worldSize == count else {
          throw Problem(
            .usage, "the launcher started \(count) processes, but MPI sees \(group.worldSize)",
            at: "mpirun or srun",
            advice: "use the mpirun of the MPI that norma was built with, or srun --mpi=pmix")
        }
        try body(group)
      } catch {
        // What fails in all processes alike is said once: the first ends the others meanwhile.
        if group.rank > 0 { sleep(5) }
        let problem = Problem(error)
        console.failure(problem)
        group.abort(problem.kind.rawValue)
      }
      try group.finish()
    #else
      throw Problem(
        .usage, "\(count) processes were started, but norma was built without Distributed",
        at: "mpirun or srun",
        advice: "build it with: swift build --traits Distributed; or start one process")
    #endif
  }
}
