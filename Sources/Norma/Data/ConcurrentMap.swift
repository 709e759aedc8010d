import Dispatch

/// The results of `body` for 0..<count in order, made on all cores.
func concurrentMap<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
  [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    // Each iteration writes a slot of its own.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: count) { i in
      slots.initializeElement(at: i, to: body(i))
    }
    initializedCount = count
  }
}
