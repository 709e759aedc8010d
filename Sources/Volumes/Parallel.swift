import Dispatch

/// Runs `body` for each index below `count` on all cores; the iterations must not share output.
package func parallelFor(_ count: Int, _ body: @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: count, execute: body)
}
