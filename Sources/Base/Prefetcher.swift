import Dispatch
import Synchronization

/// Produces elements in order on a background queue, a few ahead of the consumer.
package final class Prefetcher<Element: Sendable>: Sendable {
  private let queue = DispatchQueue(label: "norma.prefetch", qos: .userInitiated)
  private let ready = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: 0)
  private let elements = Mutex<[Result<Element, any Error>]>([])
  private let isCancelled = Atomic(false)

  /// Starts to produce the elements of `range`, at most `depth` ahead.
  package init(_ range: Range<Int>, depth: Int = 2, make: @escaping @Sendable (Int) throws -> Element) {
    // Dispatch traps if a semaphore is deallocated below its initial value, so it starts at 0.
    for _ in 0..<depth { room.signal() }
    queue.async { [self] in
      for index in range {
        room.wait()
        if isCancelled.load(ordering: .relaxed) { return }
        let element = Result { try make(index) }
        elements.withLock { $0.append(element) }
        ready.signal()
      }
    }
  }

  /// Returns the next element. Call it at most once for each index of the range.
  package func next() throws -> Element {
    ready.wait()
    defer { room.signal() }
    return try elements.withLock { $0.removeFirst() }.get()
  }

  /// Stops the background queue early.
  package func cancel() {
    isCancelled.store(true, ordering: .relaxed)
    room.signal()
  }
}
