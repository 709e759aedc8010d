/// The figures of a ranking with their 95 % intervals over resampled participants.
struct RankingFigures {
  let ranking: PrecisionRecall
  let averagePrecisionInterval, aurocInterval, oracleDiceInterval: [Double]?

  /// The number of bins of equal recall for the resampling; they are narrower than any interval.
  private static let recallBins = 1024

  /// `order` lists the groups of the voxels in the order of the participants of the bootstrap.
  init(_ voxels: RankedVoxels, bootstrap: Bootstrap, order: [Int]) throws {
    ranking = try PrecisionRecall(voxels)
    guard voxels.lesion > 0 else {
      (averagePrecisionInterval, aurocInterval, oracleDiceInterval) = (nil, nil, nil)
      return
    }
    let edges = try Self.edges(voxels)
    let histograms = try voxels.histograms(fallingEdges: edges, groups: order.count)
    let intervals = try bootstrap.intervals(order.map { histograms[$0] }, count: 3) {
      Self.figures($0, bins: edges.count + 1)
    }
    (averagePrecisionInterval, aurocInterval, oracleDiceInterval) = (intervals[0], intervals[1], intervals[2])
  }

  /// The edges between bins with equal numbers of lesion voxels.
  private static func edges(_ voxels: RankedVoxels) throws -> [Float] {
    var edges = [Float](), seen = 0
    let perBin = max(1, voxels.lesion / recallBins)
    try voxels.forEachTieDescending { tie in
      // Scores above an edge are in earlier bins, so the edge is the tie's next smaller value.
      seen += tie.lesion
      if seen >= perBin * (edges.count + 1), tie.score > 0 { edges.append(tie.score.nextDown) }
    }
    return edges
  }

  /// The average precision, the area under the ROC curve and the best Dice of binned counts.
  private static func figures(_ counts: [Double], bins: Int) -> [Double?] {
    let positives = counts[..<bins].reduce(0, +), negatives = counts[bins...].reduce(0, +)
    guard positives > 0 else { return [nil, nil, nil] }
    var hits = 0.0, predicted = 0.0, average = 0.0, ordered = 0.0, dice = 0.0
    for bin in 0..<bins where counts[bin] + counts[bins + bin] > 0 {
      hits += counts[bin]
      predicted += counts[bin] + counts[bins + bin]
      average += counts[bin] / positives * hits / predicted
      ordered += counts[bin] * (negatives - (predicted - hits) + counts[bins + bin] / 2)
      dice = max(dice, 2 * hits / (positives + predicted))
    }
    return [average, negatives == 0 ? nil : ordered / positives / negatives, dice]
  }
}
