import Base
import Foundation

extension Manifest {
  /// Gives participants without a split one: those with a lesion become test cases, 15 % of the others
  /// validation (by SHA-256 of the participant's name, so it never changes), the rest training.
  package func assigningSplits(hasLesion: (ScanCase) throws -> Bool) rethrows -> Manifest {
    var withLesion = Set<String>()
    for scan in cases where scan.split == nil {
      if try hasLesion(scan) { withLesion.insert(scan.participantID) }
    }
    var result = self
    for index in result.cases.indices where result.cases[index].split == nil {
      let participant = result.cases[index].participantID
      result.cases[index].split =
        withLesion.contains(participant) ? .test : Self.isValidation(participant) ? .validation : .train
    }
    return result
  }

  /// Deals the participants who train or validate into `folds` parts by the SHA-256 of their names: part `fold` validates,
  /// the others train. Without parts, the manifest as it is.
  package func assigningFold(_ fold: Int, of folds: Int) -> Manifest {
    guard folds > 0 else { return self }
    var result = self
    for index in cases.indices where cases[index].split == .train || cases[index].split == .validation {
      let part = Self.remainder("fold:\(cases[index].participantID)", folds)
      result.cases[index].split = part == fold ? .validation : .train
    }
    return result
  }

  /// `int(sha256("val:" + participant), 16) % 100 < 15`.
  static func isValidation(_ participant: String) -> Bool { remainder("val:\(participant)", 100) < 15 }

  /// `int(sha256(text), 16) % divisor`.
  private static func remainder(_ text: String, _ divisor: Int) -> Int {
    Digest.bytes(of: Data(text.utf8)).reduce(0) { ($0 * 256 + Int($1)) % divisor }
  }
}
