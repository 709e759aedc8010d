/// The quality of a ranking of voxels, with every distinct score as a threshold.
public struct PrecisionRecall: Sendable {
  /// One operating point.
  public struct Point: Codable, Hashable, Sendable {
    /// The lowest score that is predicted lesion.
    public let threshold: Float
    /// The fraction of lesion voxels that are predicted.
    public let recall: Double
    /// The fraction of predicted voxels that are lesion.
    public let precision: Double
  }

  /// The average precision, which is the sum over thresholds of recall gained times precision (as in
  /// scikit-learn); nil without lesion voxels.
  public let averagePrecision: Double?
  /// The area under the ROC curve, which is the probability that a lesion voxel scores higher than a healthy
  /// one, with ties counting half (as in scikit-learn); nil unless there are both.
  public let auroc: Double?
  /// The highest Dice of any threshold and that threshold, an upper bound that knows the labels; nil without
  /// lesion voxels.
  public let oracleDice: (value: Double, threshold: Float)?
  /// The precision-recall curve, thinned to at most about 500 points.
  public let curve: [Point]

  /// Ranks the voxels by their scores.
  ///
  /// - Throws: A ``Problem`` if the scratch file of the voxels cannot be read.
  package init(_ voxels: RankedVoxels) throws {
    let positives = voxels.lesion, negatives = voxels.healthy
    guard positives > 0 else {
      (averagePrecision, auroc, oracleDice, curve) = (nil, nil, nil, [])
      return
    }
    var truePositives = 0, predicted = 0, average = 0.0, best = (value: -1.0, threshold: Float(0))
    // Twice the number of pairs in which the lesion voxel scores higher: an integer does not depend on the
    // order.
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
