import ArgumentParser
import Foundation
import Norma

/// The shard of a cohort that a command processes.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Process only shard I of N of the cohort, written I/N; other processes write the other shards into the \
      same folder. Default: the shard of the Slurm array's task, else the whole cohort.
      """, valueName: "i/n"))
  var shard: String?

  @Option(help: .hidden)
  var part: String?

  func validate() throws {
    if shard != nil && part != nil { throw ValidationError("--part is another name of --shard; give one.") }
  }

  /// Whether a shard is named in the command line.
  var isGiven: Bool { (shard ?? part) != nil }

  /// The given shard, else that of the Slurm array unless the user `hasChosen` what each task does; nil for
  /// the whole cohort, which 1/1 means too. Throws a ``Problem`` if there is no such shard.
  func chosen(hasChosen: Bool, console: Console) throws -> CohortShard? {
    let shard = try found(hasChosen: hasChosen, console: console)
    return shard?.count == 1 ? nil : shard
  }

  private func found(hasChosen: Bool, console: Console) throws -> CohortShard? {
    let array = SlurmArray(environment: ProcessInfo.processInfo.environment)
    guard let given = shard ?? part else {
      guard let array, !hasChosen else { return nil }
      let shard = try array.shard
      console.log("shard \(shard), from the Slurm array")
      return shard
    }
    let asked = try CohortShard(parsing: given, at: "--shard")
    if let other = try? array?.shard, other != asked {
      console.log("shard \(asked), by --shard; the Slurm array says \(other)")
    }
    return asked
  }

  /// The items of a shard, all without one.
  ///
  /// - Throws: A ``Problem`` of kind `usage` if a Slurm array that was not meant for shards leaves no item.
  func deal<Item>(
    _ items: [Item], to shard: CohortShard?, work: (Item) -> Int = { _ in 1 }, by name: (Item) -> String
  ) throws -> [Item] {
    guard let shard else { return items }
    let dealt = shard.deal(items, work: work, by: name)
    guard !dealt.isEmpty || items.isEmpty || isGiven else {
      throw Problem(
        .usage, "shard \(shard), from the Slurm array, has none of the \(items.count) cases",
        at: "SLURM_ARRAY_TASK_ID",
        advice:
          "if each task has a cohort of its own, give --shard 1/1; else start at most \(items.count) tasks")
    }
    return dealt
  }

  /// Claims the folder for these settings where it is filled in shards; throws a ``Problem`` if other shards
  /// have others.
  func claim(_ folder: URL, for shard: CohortShard?, settings: @autoclosure () throws -> [String: String])
    throws
  {
    let claim = ShardClaim(in: folder)
    if shard != nil || claim.exists { try claim.require(settings()) }
  }
}
