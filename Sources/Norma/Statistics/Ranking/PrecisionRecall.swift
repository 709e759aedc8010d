/// Ranking quality over voxels, every distinct score a threshold.
public struct PrecisionRecall: Sendable {
  /// One operating point: voxels with a score of at least `threshold` are called lesion.
  public struct Point: Codable, Hashable, Sendable {
    /// Scores from here up are called lesion.
    public let threshold: Float
    /// Share of lesion voxels called.
    public let recall: Double
    /// Share of called voxels that are lesion.
    public let precision: Double
  }

  /// Average precision: the sum over thresholds of recall gained times precision (as scikit-learn); nil
  /// without lesion voxels.
  public let averagePrecision: Double?
  /// Area under the ROC curve: the chance that a lesion voxel scores higher than a healthy one, ties counting
  /// half (as scikit-learn); nil unless there are both.
  public let auroc: Double?
  /// Highest Dice of any threshold and that threshold: an upper bound that knows the labels; nil without lesion
  /// voxels.
  public let oracleDice: (value: Double, threshold: Float)?
  /// The curve, thinned to at most about 500 points.
  public let curve: [Point]

  /// Throws a ``Problem`` when the voxels' scratch file cannot be read.
  package init(_ voxels: RankedVoxels) throws {
    let positives = voxels.lesion, negatives = voxels.healthy
    guard positives > 0 else {
      (averagePrecision, auroc, oracleDice, curve) = (nil, nil, nil, [])
      return
    }
    var truePositives = 0, predicted = 0, average = 0.0, best = (value: -1.0, threshold: Float(0))
    // Twice the number of pairs in which the lesion voxel scores higher; whole, so that no order can matter.
    var ordered = 0
    var points = [Point](), lastRecall = -1.0
    try voxels.forEachTieDescending { tie in
      truePositives += tie.lesion
      predicted += tie.lesion + tie.healthy
      ordered += tie.lesion * (2 * (negatives - (predicted - truePositives)) + tie.healthy)
      let precision = Double(truePositives) / Double(predicted)
      let recall = Double(truePositives) / Double(positives)
      average += Double(tie.lesion) / Double(positives) * precision
      let dice = 2 * Double(truePositives) / Double(positives + predicted)
      if dice > best.value { best = (dice, tie.score) }
      if recall - lastRecall >= 0.002 {
        points.append(Point(threshold: tie.score, recall: recall, precision: precision))
        lastRecall = recall
      }
    }
    (averagePrecision, oracleDice, curve) = (average, best, points)
    auroc = negatives == 0 ? nil : Double(ordered) / 2 / (Double(positives) * Double(negatives))
  }

  /// The ranking of voxels in memory.
  package init(_ voxels: ScoredVoxels) throws {
    var ranked = RankedVoxels()
    try ranked.add(voxels)
    try self.init(ranked)
  }
}
