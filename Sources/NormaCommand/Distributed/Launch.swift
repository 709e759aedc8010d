import Foundation
import Norma

/// The launch of this process: alone, or in a group by mpirun or srun.
enum Launch {
  /// The variables in which launchers give the number of processes. `SLURM_NTASKS` is not one of them,
  /// because batch scripts have it too.
  private static let variables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]

  /// The number of processes that were started together.
  private static var count: Int {
    variables.compactMap { ProcessInfo.processInfo.environment[$0].flatMap { Int($0) } }.max() ?? 1
  }

  /// Runs the body in the group of processes; a failure in one of them ends all. Throws a ``Problem`` if they
  /// cannot form a group.
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
        // If all processes fail alike, only the first reports it, because it ends the others meanwhile.
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
