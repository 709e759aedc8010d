import Base
import Cohort
import Preprocessing

/// Preprocesses the next scan of a cohort in the background while a scan is scored and written.
///
/// Bias correction, registration and files use one core only, and scoring uses all of them.
final class Lookahead {
  private var next: (scan: ScanCase, preprocessed: Deferred<PreprocessedScan>)?

  /// Starts to preprocess a scan.
  func begin(_ scan: ScanCase, _ preprocess: @escaping @Sendable () throws -> PreprocessedScan) {
    let preprocessed = Deferred(preprocess)
    preprocessed.prefetch()
    next = (scan, preprocessed)
  }

  /// Waits for the scan and returns it; nil if it was not begun.
  ///
  /// Nil also if it failed: preprocessed when it is its turn, it says why, or has the memory that it lacked.
  func take(_ scan: ScanCase) -> PreprocessedScan? {
    defer { next = nil }
    return next.flatMap { $0.scan == scan ? try? $0.preprocessed.get() : nil }
  }

  /// Waits for what is begun, since a process must not end while a thread computes.
  func finish() {
    _ = next.map { try? $0.preprocessed.get() }
    next = nil
  }
}
