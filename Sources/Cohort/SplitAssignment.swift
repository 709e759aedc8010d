import Base
import Foundation

extension Manifest {
  /// Assigns splits to participants without one: test to those with a lesion, validation to 15 % of the
  /// others (by the SHA-256 of their names, so that it never changes), training to the rest. An anatomy gets the
  /// split of the scans of its participant; the template, which is not the brain of one person, gets
  /// training or validation, or both, where that split has no other anatomy.
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
    let splits = Dictionary(
      result.cases.map { ($0.participantID, $0.split) }, uniquingKeysWith: { first, _ in first })
    var templates = [AnatomyCase]()
    for index in anatomies.indices where anatomies[index].split == nil {
      if anatomies[index].source == .template { templates.append(anatomies[index]) }
      let participant = anatomies[index].participantID
      result.anatomies[index].split =
        splits[participant] ?? (Self.isValidation(participant) ? .validation : .train)
    }
    for split in [Split.train, .validation] where result.anatomies(in: split).isEmpty {
      guard var template = templates.first else { break }
      template.split = split
      result.anatomies.append(template)
    }
    return result
  }

  /// Assigns training and validation participants to folds by the SHA-256 of their names: fold `fold`
  /// validates, the others train. Returns the manifest unchanged if `folds` is 0.
  package func assigningFold(_ fold: Int, of folds: Int) -> Manifest {
    guard folds > 0 else { return self }
    var result = self
    func assigned(_ participant: String, _ split: Split?) -> Split? {
      guard split == .train || split == .validation else { return split }
      return Self.remainder("fold:\(participant)", folds) == fold ? .validation : .train
    }
    for index in cases.indices {
      result.cases[index].split = assigned(cases[index].participantID, cases[index].split)
    }
    for index in anatomies.indices {
      result.anatomies[index].split = assigned(anatomies[index].participantID, anatomies[index].split)
    }
    return result
  }

  /// Returns `int(sha256("val:" + participant), 16) % 100 < 15`.
  static func isValidation(_ participant: String) -> Bool { remainder("val:\(participant)", 100) < 15 }

  /// Returns `int(sha256(text), 16) % divisor`.
  private static func remainder(_ text: String, _ divisor: Int) -> Int {
    Digest.bytes(of: Data(text.utf8)).reduce(0) { ($0 * 256 + Int($1)) % divisor }
  }
}
