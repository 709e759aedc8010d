import Dispatch
import Synchronization

/// Makes elements in order on a background queue, a few ahead of their use, so that the engine never waits.
package final class Prefetcher<Element: Sendable>: Sendable {
  private let queue = DispatchQueue(label: "norma.prefetch", qos: .userInitiated)
  private let ready = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: 0)
  private let made = Mutex<[Result<Element, any Error>]>([])
  private let isCancelled = Atomic(false)

  /// Starts making the elements of `range`, at most `depth` ahead.
  package init(_ range: Range<Int>, depth: Int = 2, make: @escaping @Sendable (Int) throws -> Element) {
    // Raised to `depth` from 0: a semaphore that goes away below its first value ends the process.
    for _ in 0..<depth { room.signal() }
    queue.async { [self] in
      for index in range {
        room.wait()
        if isCancelled.load(ordering: .relaxed) { return }
        let element = Result { try make(index) }
        made.withLock { $0.append(element) }
        ready.signal()
      }
    }
  }

  /// The next element; call at most once for each index of the range.
  package func next() throws -> Element {
    ready.wait()
    defer { room.signal() }
    return try made.withLock { $0.removeFirst() }.get()
  }

  /// Lets the background queue end early.
  package func cancel() {
    isCancelled.store(true, ordering: .relaxed)
    room.signal()
  }
}
