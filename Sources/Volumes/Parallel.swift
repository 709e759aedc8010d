import Dispatch

/// Runs `body` once for each index below `count`, on all cores; bodies must not touch each other's output.
package func parallelFor(_ count: Int, _ body: @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: count, execute: body)
}
