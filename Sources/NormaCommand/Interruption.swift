import Dispatch
import Foundation
import Synchronization

/// Whether SIGINT or SIGTERM has come; long work asks at every step and stops in good order.
enum Interruption {
  private static let isRequested = Atomic(false)
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  /// Starts listening; the first signal asks to stop, a second one ends the process at once.
  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if isRequested.exchange(true, ordering: .relaxed) { exit(130) }
      }
      source.resume()
      sources.append(source)
    }
  }

  static var requested: Bool { isRequested.load(ordering: .relaxed) }
}
