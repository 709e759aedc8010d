import ArgumentParser
import Norma
import Tensors

/// The device and the threads of the engine.
struct EngineOptions: ParsableArguments {
  @Option(help: "auto, cpu, cuda, cuda:N or mps.")
  var device = "auto"

  @Option(help: "CPU threads of the engine. Default: all cores.")
  var threads: Int?

  /// Sets the threads and returns the device; throws a ``Problem`` if it is not available.
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
