import Base
import Cohort
import Preprocessing

/// Preprocesses the next scans of a cohort in the background while a scan is scored and written.
///
/// Bias correction, registration and files use one core only; two scans at once keep both busy.
final class Lookahead {
  private var begun: [(scan: ScanCase, preprocessed: Deferred<PreprocessedScan>)] = []

  /// Starts to preprocess a scan, unless it was begun.
  func begin(_ scan: ScanCase, _ preprocess: @escaping @Sendable () throws -> PreprocessedScan) {
    guard !begun.contains(where: { $0.scan == scan }) else { return }
    let preprocessed = Deferred(preprocess)
    preprocessed.prefetch()
    begun.append((scan, preprocessed))
  }

  /// Waits for the scan and returns it; nil if it was not begun.
  ///
  /// Nil also if it failed: preprocessed when it is its turn, it says why, or has the memory that it lacked.
  func take(_ scan: ScanCase) -> PreprocessedScan? {
    guard let index = begun.firstIndex(where: { $0.scan == scan }) else { return nil }
    return try? begun.remove(at: index).preprocessed.get()
  }

  /// Waits for what is begun, since a process must not end while a thread computes.
  func finish() {
    for (_, preprocessed) in begun { _ = try? preprocessed.get() }
    begun = []
  }
}
