import ArgumentParser
import Foundation
import Norma
import Tensors

/// The command `norma`: arguments, wiring and exit codes.
@main
struct NormaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "norma",
    abstract: "Unsupervised anomaly segmentation in brain MR. Research use only.",
    discussion: """
      Learns normal anatomy from scans without lesions and maps, voxel by voxel, deviations from it. Results \
      go to stdout, the log to stderr.

      Exit codes: 0 done; 1 some case failed; 64 usage; 65 bad data; 66 missing input; \
      69 missing library or device; 70 internal; 71 out of memory; 73 cannot create; 74 I/O; 130 interrupted.
      """,
    version: NormaVersion.current,
    subcommands: [
      Segment.self, View.self, BIDSApp.self, CompareVisits.self, CheckScanner.self, Fill.self,
      Preprocess.self, Train.self, Evaluate.self, Experiment.self, Simulate.self, Paint.self, Bundles.self,
      Runs.self, Presets.self, Doctor.self,
    ])

  static func main() {
    StandardStreams.prepare()
    Engine.configureAllocator()
    let arguments = Array(CommandLine.arguments.dropFirst())
    var logging: (any LoggingCommand)?
    do {
      // An empty path would be the current folder.
      guard !arguments.contains("") else {
        throw Problem(
          .usage, "an argument is empty", at: arguments.joined(separator: " "),
          advice: "give it a value; an unset variable of the shell is empty")
      }
      // The argument parser would show the help of another command.
      if arguments.first == "help", let unknown = UnknownArgument(in: arguments, of: self) {
        end(unknown)
      }
      do {
        var command = try parseAsRoot()
        logging = command as? any LoggingCommand
        try command.run()
      } catch  where exitCode(for: error).isSuccess {
        // The help or the version.
        Console.print(fullMessage(for: error))
      }
      try StandardStreams.requireOutput()
    } catch let error where error is ExitCode || isUsage(error) {
      // The argument parser may complain of what is missing because of a misspelt option.
      if isUsage(error), let unknown = UnknownArgument(in: arguments, of: self) {
        end(unknown)
      }
      exit(withError: error)
    } catch {
      let problem = Problem(error)
      if let console = logging?.console {
        console.failure(problem)
      } else {
        Console.standardError("error: \(problem)")
      }
      exit(withError: ExitCode(problem.kind.rawValue))
    }
  }

  private static func end(_ unknown: UnknownArgument) -> Never {
    Console.standardError(unknown.message)
    exit(withError: ExitCode.validationFailure)
  }

  /// Whether the argument parser has its own message for an error.
  private static func isUsage(_ error: any Error) -> Bool {
    exitCode(for: error) == .validationFailure
  }
}
