import ArgumentParser
import Foundation
import Norma

/// Which part of a cohort a command does.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Do only part I of N of the cohort, written I/N, while other processes do the others into the same folder. Default: \
      the part of a Slurm array's task, else everything.
      """, valueName: "i/n"))
  var part: String?

  /// The part that is asked for, or that of the Slurm array unless its user `hasChosen` what each task does; nil for
  /// everything, which 1/1 is. Throws a ``Problem`` where there is no such part.
  func chosen(hasChosen: Bool, console: Console) throws -> CohortShard? {
    let part = try found(hasChosen: hasChosen, console: console)
    return part?.count == 1 ? nil : part
  }

  private func found(hasChosen: Bool, console: Console) throws -> CohortShard? {
    let array = SlurmArray(environment: ProcessInfo.processInfo.environment)
    guard let part else {
      guard let array, !hasChosen else { return nil }
      let part = try array.part
      console.log("part \(part), from the Slurm array")
      return part
    }
    let asked = try CohortShard(parsing: part, at: "--part")
    if let other = try? array?.part, other != asked {
      console.log("part \(asked), by --part; the Slurm array says \(other)")
    }
    return asked
  }
}
