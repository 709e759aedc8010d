import Dispatch

/// The results of `body` for 0..<count in order, made on all cores; throws the first error of that order.
package func concurrentMap<Element: Sendable, Failure: Error>(
  _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Element
) throws(Failure) -> [Element] {
  let results = [Result<Element, Failure>](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    // Each iteration writes a slot of its own.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: count) { i in
      slots.initializeElement(at: i, to: Result { () throws(Failure) in try body(i) })
    }
    initializedCount = count
  }
  return try results.map { result throws(Failure) in try result.get() }
}
