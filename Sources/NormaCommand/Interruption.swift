import Dispatch
import Foundation
import Synchronization

/// Requests to stop, by SIGINT or SIGTERM; long work checks for one at every step.
enum Interruption {
  private static let isRequested = Atomic(false)
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  /// Starts listening; the first signal asks to stop, a second one ends the process at once.
  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if isRequested.exchange(true, ordering: .relaxed) { end() }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Ends the process without `exit`, which would destroy what the main thread still uses.
  private static func end() -> Never {
    fflush(nil)
    _exit(130)
  }

  static var requested: Bool { isRequested.load(ordering: .relaxed) }
}
