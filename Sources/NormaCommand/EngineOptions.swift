import ArgumentParser
import Norma
import Tensors

/// Where and with how many threads the engine computes.
struct EngineOptions: ParsableArguments {
  @Option(help: "auto, cpu, cuda, cuda:N or mps.")
  var device = "auto"

  @Option(help: "CPU threads of the engine; default: all cores.")
  var threads: Int?

  /// Applies the threads and gives the device; throws a ``Problem`` for one that is not there.
  func prepare() throws -> Device {
    if let threads {
      guard (1...1024).contains(threads) else {
        throw Problem(
          .usage, "--threads is \(threads)", at: "--threads", advice: "give 1 or more, at most 1024")
      }
      try Engine.setThreads(threads)
    }
    do {
      let chosen = try Device(parsing: device)
      guard chosen.isAvailable else {
        throw Problem(
          .missingLibrary, "device \(chosen) is not available", at: "--device",
          advice: "use --device cpu, or see norma doctor")
      }
      return chosen
    } catch let error as DeviceError {
      throw Problem(
        .usage, "there is no device '\(error.text)'", at: "--device",
        advice: "give auto, cpu, cuda, cuda:N or mps")
    }
  }
}
