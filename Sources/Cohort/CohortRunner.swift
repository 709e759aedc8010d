import Base
package import Foundation

/// The part of a pipeline that processes one case after the other and leaves files in a folder.
package protocol CaseStep {
  associatedtype Case
  associatedtype Row

  /// The folder of the results.
  var output: URL { get }
  /// Returns the row of an earlier run if its case is complete and made of the same inputs with the same
  /// settings.
  func completed(_ item: Case) -> Row?
  /// Returns all files that any run may have left of a case, the one that marks it as complete first.
  func files(of item: Case) -> [URL]
  /// Processes a case. A failure of the case is part of the row; an error stops the whole run.
  ///
  /// `next` are the cases that will be processed after it, at most two; a step may prepare them in the background.
  func process(_ item: Case, before next: [Case]) throws -> Row
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

  /// Processes the cases in order and returns their rows.
  ///
  /// - Parameters:
  ///   - cases: The cases in their order.
  ///   - onRow: Gets each row, and whether the case was kept from an earlier run.
  ///   - shouldStop: Asked before each case.
  ///   - list: Gets all rows at the end, or those so far if the run is interrupted or an error stops it.
  /// - Returns: The rows in the order of the cases.
  /// - Throws: A ``Problem`` of kind `interrupted`, or the error that stops the whole run.
  package func run(
    _ cases: [Step.Case], onRow: (Step.Row, _ isKept: Bool) throws -> Void,
    shouldStop: () -> Bool, list: ([Step.Row]) throws -> Void
  ) throws -> [Step.Row] {
    try AtomicFile.makeFolder(step.output)
    var rows = [Step.Row]()
    do {
      var known = cases.prefix(1).map(completed)
      for (index, item) in cases.enumerated() {
        guard !shouldStop() else { throw interruption(rows.count, of: cases.count) }
        let kept = known.removeFirst()
        let next = cases.dropFirst(index + 1).prefix(2)
        known += next.dropFirst(known.count).map(completed)
        let row = try kept ?? reprocess(item, before: zip(next, known).filter { $1 == nil }.map(\.0))
        rows.append(row)
        try onRow(row, kept != nil)
      }
    } catch {
      // The table is lost where the disk has no room for it.
      try? list(rows)
      throw error
    }
    try list(rows)
    return rows
  }

  private func completed(_ item: Step.Case) -> Step.Row? { isForced ? nil : step.completed(item) }

  private func reprocess(_ item: Step.Case, before next: [Step.Case]) throws -> Step.Row {
    for file in step.files(of: item) { try AtomicFile.remove(file) }
    return try step.process(item, before: next)
  }

  private func interruption(_ done: Int, of count: Int) -> Problem {
    Problem(
      .interrupted, "interrupted after \(done) of \(count) cases", at: step.output.path,
      advice: "what is done is complete; run the command again for the rest")
  }
}
