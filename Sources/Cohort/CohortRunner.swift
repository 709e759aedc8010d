import Base
package import Foundation

/// The part of a pipeline that processes one case after the other and leaves files in a folder.
package protocol CaseStep {
  associatedtype Case
  associatedtype Result

  /// The folder of the results.
  var output: URL { get }
  /// Returns the result of an earlier run if it is complete and made of the same inputs with the same
  /// settings.
  func completed(_ item: Case) -> Result?
  /// Returns all files that any run may have left of a case, the one that marks it as complete first.
  func files(of item: Case) -> [URL]
  /// Processes a case. A failure of the case is part of the result; an error stops the whole run.
  func process(_ item: Case) throws -> Result
}

/// Processes a cohort and keeps what an earlier run completed.
///
/// A case that is not kept loses all files of earlier runs before it is processed: a case that fails, or
/// whose settings changed, leaves nothing old beside the new results.
package struct CohortRunner<Step: CaseStep> {
  private let step: Step
  private let isForced: Bool

  /// A run of a step; a forced one processes complete cases again.
  package init(_ step: Step, isForced: Bool = false) { (self.step, self.isForced) = (step, isForced) }

  /// Processes the cases in order and returns their results.
  ///
  /// `onResult` also gets whether the result was kept. `list` gets all results at the end, or those so far
  /// where the run is interrupted or an error stops it.
  package func run(
    _ cases: [Step.Case], onResult: (Step.Result, _ isKept: Bool) throws -> Void,
    shouldStop: () -> Bool, list: ([Step.Result]) throws -> Void
  ) throws -> [Step.Result] {
    try AtomicFile.makeFolder(step.output)
    var results = [Step.Result]()
    do {
      for item in cases {
        guard !shouldStop() else { throw interruption(results.count, of: cases.count) }
        let kept = isForced ? nil : step.completed(item)
        let result = try kept ?? reprocess(item)
        results.append(result)
        try onResult(result, kept != nil)
      }
    } catch {
      // The table is lost where the disk has no room for it.
      try? list(results)
      throw error
    }
    try list(results)
    return results
  }

  private func reprocess(_ item: Step.Case) throws -> Step.Result {
    for file in step.files(of: item) { try AtomicFile.remove(file) }
    return try step.process(item)
  }

  private func interruption(_ done: Int, of count: Int) -> Problem {
    Problem(
      .interrupted, "interrupted after \(done) of \(count) cases", at: step.output.path,
      advice: "what is done is complete; run the command again for the rest")
  }
}
