import Dispatch
import Synchronization

/// A value that is computed on first use, or earlier in the background.
package final class Deferred<Value: Sendable>: Sendable {
  private let compute: @Sendable () throws -> Value
  private let computed = Mutex<Result<Value, any Error>?>(nil)

  package init(_ compute: @escaping @Sendable () throws -> Value) { self.compute = compute }

  /// Returns the value. Waits while another thread computes it.
  ///
  /// - Throws: The error of the computation.
  package func get() throws -> Value {
    try computed.withLock { computed in
      let result = computed ?? Result(catching: compute)
      computed = result
      return result
    }.get()
  }

  /// Starts the computation in the background.
  package func prefetch() {
    DispatchQueue.global(qos: .userInitiated).async { _ = try? self.get() }
  }
}
