import Foundation
import Norma

/// The progress of a cohort: step, case and time left, as a line that replaces itself on a terminal, elsewhere as
/// a line of the log now and then.
final class CohortProgress {
  private let console: Console
  private let count: Int
  private var done = 0
  /// The cases of this run that took their time, and the seconds of all of them.
  private var processed = 0, seconds = 0.0
  private var current: (caseID: String, start: ContinuousClock.Instant, steps: [String])?
  private var lastLine: ContinuousClock.Instant?

  init(of count: Int, console: Console) { (self.count, self.console) = (count, console) }

  /// Shows that a step of a case begins.
  func begin(_ step: String, of caseID: String) {
    let now = ContinuousClock.now
    if current?.caseID != caseID { current = (caseID, now, []) }
    let left = current.flatMap {
      secondsLeft(own: (now - $0.start) / .seconds(1), finished: $0.steps, next: step)
    }
    current?.steps.append(step)
    let text = left.map { ", about \(Console.duration($0)) left" } ?? ""
    console.progress("\(Console.bar(done, of: count)) \(done)/\(count)  \(caseID): \(step)\(text)")
    // A terminal shows every step.
    guard !console.hasProgressLine, lastLine.map({ now - $0 >= Self.pause }) ?? true else { return }
    lastLine = now
    console.log("\(caseID) (\(done + 1) of \(count)): \(step)\(text)")
  }

  /// Counts a finished case and shows how many there are; `seconds` are nil for one that was kept or failed, which
  /// says little about the others.
  func end(seconds: Double?) {
    done += 1
    if let seconds { (processed, self.seconds) = (processed + 1, self.seconds + seconds) }
    current = nil
    let left = done < count ? secondsLeft(own: 0, finished: [], next: "") : nil
    let text = left.map { "  about \(Console.duration($0)) left" } ?? ""
    console.progress("\(Console.bar(done, of: count)) \(done)/\(count)\(text)")
  }

  /// The seconds for the rest, from the mean of the finished cases, or else from the finished steps of the current
  /// one; nil without either.
  private func secondsLeft(own: Double, finished: [String], next: String) -> Double? {
    let others = Double(count - done - 1)
    if processed > 0 {
      let mean = seconds / Double(processed)
      return max(0, mean - own) + others * mean
    }
    let shares = CohortSegmentation.usualShares
    let past = shares.filter { finished.contains($0.0) }.reduce(0) { $0 + $1.1 }
    let rest = shares.drop { $0.0 != next }.reduce(0) { $0 + $1.1 }
    guard past > 0, shares.contains(where: { $0.0 == next }) else { return nil }
    return own * rest / past + others * own * (past + rest) / past
  }

  /// Between two lines of the log.
  private static let pause = Duration.seconds(30)
}
