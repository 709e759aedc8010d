/// Separation of cases with a lesion from cases without by one number of a case.
struct CaseDetection {
  private let cases: [Evaluation.Case]
  private let groups: [Int]

  /// Nil unless there are scored cases of both kinds.
  init?(_ cases: [Evaluation.Case], casesByParticipant: [[Int]]) {
    let scored = cases.filter { $0.brainVoxels > 0 }
    guard Set(scored.map(\.hasLesion)).count == 2 else { return nil }
    self.cases = cases
    var groups = [Int](repeating: 0, count: cases.count)
    for (group, members) in casesByParticipant.enumerated() {
      for member in members { groups[member] = group }
    }
    self.groups = groups
  }

  /// The figures by the number's name: `mean`, `p99_9` and `max`.
  func figures(_ resampled: Participants) throws -> [String: Evaluation.Detection] {
    let numbers: [(String, KeyPath<Evaluation.Case, Double?>)] = [
      ("mean", \.scoreMean), ("p99_9", \.scoreP999), ("max", \.scoreMaximum),
    ]
    var figures = [String: Evaluation.Detection]()
    for (name, number) in numbers { figures[name] = try figure(number, resampled) }
    return figures
  }

  /// A case ranks as one voxel, its number as a Float.
  private func figure(
    _ number: KeyPath<Evaluation.Case, Double?>, _ resampled: Participants
  ) throws -> Evaluation.Detection? {
    var ranked = RankedVoxels(memoryBudget: .max)
    for (scan, group) in zip(cases, groups) {
      guard let score = scan[keyPath: number] else { continue }
      var one = ScoredVoxels()
      one.add(score: Float(score), isLesion: scan.hasLesion)
      try ranked.add(one, group: group)
    }
    let figures = try RankingFigures(ranked, bootstrap: resampled.bootstrap, order: resampled.groups)
    guard let auroc = figures.ranking.auroc, let auprc = figures.ranking.averagePrecision else { return nil }
    return Evaluation.Detection(
      auroc: auroc, aurocInterval: figures.aurocInterval, auprc: auprc,
      auprcInterval: figures.averagePrecisionInterval)
  }
}
