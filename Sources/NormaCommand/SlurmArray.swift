import Norma

/// This process's task in an array of Slurm jobs.
struct SlurmArray {
  private let environment: [String: String]

  /// The task; nil if the process belongs to no array.
  init?(environment: [String: String]) {
    guard environment[Self.task] != nil else { return nil }
    self.environment = environment
  }

  private static let task = "SLURM_ARRAY_TASK_ID"

  /// The shard of the task; throws a ``Problem`` if the tasks of the array are not numbered without gaps.
  var shard: CohortShard {
    get throws {
      let id = try value(Self.task), first = try value("SLURM_ARRAY_TASK_MIN")
      let count = try value("SLURM_ARRAY_TASK_COUNT")
      let last = environment["SLURM_ARRAY_TASK_MAX"].flatMap { Int($0) } ?? first + count - 1
      guard last - first + 1 == count, (first...last).contains(id) else {
        throw Problem(
          .usage, "task \(id) of an array of \(count) from \(first) to \(last) does not name a shard",
          at: Self.task,
          advice:
            "give an array without gaps, such as --array=1-\(max(1, count)), or name the shard with --shard"
        )
      }
      return try CohortShard(id - first + 1, of: count, at: Self.task)
    }
  }

  private func value(_ name: String) throws -> Int {
    guard let number = environment[name].flatMap({ Int($0) }), (0...Int(Int32.max)).contains(number) else {
      throw Problem(
        .usage, "'\(environment[name] ?? "")' is not a number of an array", at: name,
        advice: "name the shard with --shard I/N")
    }
    return number
  }
}
