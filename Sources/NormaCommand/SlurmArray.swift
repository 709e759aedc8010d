import Norma

/// The place of this process in an array of Slurm jobs.
struct SlurmArray {
  private let environment: [String: String]

  /// Nil where the process is no task of an array.
  init?(environment: [String: String]) {
    guard environment[Self.task] != nil else { return nil }
    self.environment = environment
  }

  private static let task = "SLURM_ARRAY_TASK_ID"

  /// The part of the task; throws a ``Problem`` where tasks cannot be told to be all of 1 to their count.
  var part: CohortShard {
    get throws {
      let id = try value(Self.task), first = try value("SLURM_ARRAY_TASK_MIN")
      let count = try value("SLURM_ARRAY_TASK_COUNT")
      let last = environment["SLURM_ARRAY_TASK_MAX"].flatMap { Int($0) } ?? first + count - 1
      guard last - first + 1 == count, (first...last).contains(id) else {
        throw Problem(
          .usage, "task \(id) of an array of \(count) from \(first) to \(last) says no part", at: Self.task,
          advice:
            "give an array without gaps, such as --array=1-\(max(1, count)), or say the part with --part")
      }
      return try CohortShard(id - first + 1, of: count, at: Self.task)
    }
  }

  private func value(_ name: String) throws -> Int {
    guard let number = environment[name].flatMap({ Int($0) }), (0...Int(Int32.max)).contains(number) else {
      throw Problem(
        .usage, "'\(environment[name] ?? "")' is no number of an array", at: name,
        advice: "say the part with --part I/N")
    }
    return number
  }
}
