import Dispatch
import Synchronization

/// A value that is made when it is first asked for, or before that beside other work.
package final class Deferred<Value: Sendable>: Sendable {
  private let make: @Sendable () throws -> Value
  private let made = Mutex<Result<Value, any Error>?>(nil)

  package init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  /// The value, or the error that making it threw; waits where another thread is at it.
  package func get() throws -> Value {
    try made.withLock { made in
      let result = made ?? Result(catching: make)
      made = result
      return result
    }.get()
  }

  /// Starts making it in the background.
  package func prefetch() {
    DispatchQueue.global(qos: .userInitiated).async { _ = try? self.get() }
  }
}
