/// All cases at one operating point.
struct PooledCounts {
  private let counts: [MeasuredCase.Counts]
  private let cases: [Evaluation.Case]
  private let points: [Evaluation.Case.AtPoint]
  private let resampled: Participants

  /// `index` and `name` are those of the operating point.
  init(_ measured: [MeasuredCase], index: Int, name: String, resampled: Participants) {
    counts = measured.map { $0.counts[index] }
    cases = measured.map(\.figures)
    points = cases.compactMap { $0.operatingPoints[name] }
    self.resampled = resampled
  }

  func figures(at point: OperatingPoint) throws -> Evaluation.AtOperatingPoint {
    let mask = counts.map(\.mask).reduce(Overlap(), +)
    let threshold = counts.map(\.threshold).reduce(Overlap(), +)
    let rows = counts.map { [$0.mask.truePositives, $0.mask.falsePositives, $0.mask.lesionVoxels] }
    var perParticipant = [String: Evaluation.Summary]()
    for (name, value) in Evaluation.Case.AtPoint.summarised {
      perParticipant[name] = try resampled.summary(points.map { $0[keyPath: value] })
    }
    return Evaluation.AtOperatingPoint(
      name: point.name, threshold: point.threshold, peak: point.peak, dice: mask.dice,
      diceInterval: try resampled.interval(rows) { $0[2] == 0 ? nil : 2 * $0[0] / ($0[0] + $0[1] + $0[2]) },
      observedFPR: threshold.falsePositiveRate, precision: mask.precision, recall: mask.recall,
      perParticipant: perParticipant, lesionStrata: try strata(), lesionFree: try lesionFree())
  }

  private func strata() throws -> [Evaluation.Stratum]? {
    let lesionCounts = counts.compactMap(\.lesions)
    guard lesionCounts.count == counts.count else { return nil }
    return try LesionStratum.allCases.map { stratum in
      let rows = lesionCounts.map { [$0.found[stratum] ?? 0, $0.lesions[stratum] ?? 0] }
      let found = rows.reduce(0) { $0 + $1[0] }, lesions = rows.reduce(0) { $0 + $1[1] }
      return Evaluation.Stratum(
        size: stratum.rawValue, lesions: lesions, found: found,
        recall: lesions == 0 ? nil : Double(found) / Double(lesions),
        recallInterval: try resampled.interval(rows) { $0[1] == 0 ? nil : $0[0] / $0[1] })
    }
  }

  private func lesionFree() throws -> Evaluation.LesionFree? {
    let isFree = cases.map { !$0.hasLesion }
    let rows = zip(isFree, points).map { [$0 && $1.predictedVolume > 0 ? 1 : 0, $0 ? 1 : 0] }
    let flagged = rows.reduce(0) { $0 + $1[0] }, all = rows.reduce(0) { $0 + $1[1] }
    guard all > 0 else { return nil }
    return Evaluation.LesionFree(
      cases: all, flagged: flagged, fractionFlagged: Double(flagged) / Double(all),
      fractionFlaggedInterval: try resampled.interval(rows) { $0[1] == 0 ? nil : $0[0] / $0[1] },
      volume: try resampled.summary(zip(isFree, points).map { $0 ? $1.predictedVolume : nil }),
      regions: try resampled.summary(
        zip(isFree, points).map { $0 ? $1.predictedRegions.map(Double.init) : nil }))
  }
}
