import Dispatch

/// Returns the results of `body` for 0..<count, computed on all cores.
///
/// - Throws: The error of the lowest index.
package func concurrentMap<Element: Sendable, Failure: Error>(
  _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Element
) throws(Failure) -> [Element] {
  let results = [Result<Element, Failure>](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    // Each iteration writes its own slot.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: count) { i in
      slots.initializeElement(at: i, to: Result { () throws(Failure) in try body(i) })
    }
    initializedCount = count
  }
  return try results.map { result throws(Failure) in try result.get() }
}
