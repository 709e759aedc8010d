import Volumes

/// Two registered brains half way between them: how far they coincide, and their fine structure.
struct HalfwayBrains: Sendable {
  /// The Dice overlap of the brains where both scans show the head.
  let overlap: Double
  /// The intensities less those of the surroundings, away from the edge of both brains, at the same places.
  let details: (first: [Float], second: [Float])

  /// The voxel sizes in mm at which fine structure is compared, and below which structure is fine.
  private static let fineSpacing = 2.0, coarseSpacing = 6.0

  /// Brains that were compared before.
  init(overlap: Double, details: (first: [Float], second: [Float])) {
    (self.overlap, self.details) = (overlap, details)
  }

  /// Moves two brains by halves of the map from the first to the second.
  init(_ registered: [RegisteredBrain], _ toSecond: Affine) throws {
    let space = try HalfwaySpace(toFollowUp: toSecond)
    let target = space.grid(around: registered.map(\.brain.mask), spacing: Self.fineSpacing)
    let surroundings = target.isotropic(spacing: Self.coarseSpacing, around: target.box)
    func onTarget(_ volume: Volume, _ map: Affine) throws -> (sharp: [Float], blurred: [Float]) {
      let sharp = try Resample.averaged(volume.moved(by: map), to: target)
      return (
        sharp.voxels, try Resample.alongAxes(Resample.alongAxes(sharp, to: surroundings), to: target).voxels
      )
    }
    let brains = try zip(registered, space.maps).map { try onTarget($0.brain.mask.map { Float($0) }, $1) }
    let details = try zip(registered, space.maps).map { brain, map in
      let image = try onTarget(brain.brain.masked, map)
      return zip(image.sharp, image.blurred).map { $0 - $1 }
    }
    let shown = try zip(registered, space.maps).map { brain, map in
      try Resample.nearest(brain.brain.mask.map { _ in UInt8(1) }.moved(by: map), to: target).voxels
    }
    let isInside = brains.map { brain in
      brain.sharp.indices.map { brain.sharp[$0] > 0.5 && shown[0][$0] != 0 && shown[1][$0] != 0 }
    }
    let common = zip(isInside[0], isInside[1]).count { $0 && $1 }
    let inner = details[0].indices.filter { index in brains.allSatisfy { $0.blurred[index] > 0.99 } }
    self.init(
      overlap: 2 * Double(common) / Double(max(1, isInside.joined().count { $0 })),
      details: (inner.map { details[0][$0] }, inner.map { details[1][$0] }))
  }

  /// The correlation of the fine structure, -1...1: that of one person's folds in two scans of one contrast is high.
  var correlation: Double {
    let (a, b) = details
    let count = Float(max(a.count, 1)), means = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      let (x, y) = (Double(x - means.0), Double(y - means.1))
      (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y)
    }
    return ab / max((aa * bb).squareRoot(), .leastNormalMagnitude)
  }

  /// The fraction of the variance of the one's fine structure that the other's explains (the correlation ratio of
  /// Roche et al. 1998), the mean of both directions, 0...1: whatever the contrasts, that of one person's folds is high.
  var correlationRatio: Double {
    (Self.explained(details.first, by: details.second) + Self.explained(details.second, by: details.first))
      / 2
  }

  private static let binCount = 24

  private static func explained(_ values: [Float], by other: [Float]) -> Double {
    // Bins of as many values each.
    let order = other.indices.sorted { other[$0] < other[$1] }
    var sums = [Double](repeating: 0, count: binCount), counts = sums, squares = 0.0
    for (rank, index) in order.enumerated() {
      let bin = rank * binCount / order.count, value = Double(values[index])
      counts[bin] += 1
      sums[bin] += value
      squares += value * value
    }
    let count = max(Double(values.count), 1), mean = sums.reduce(0, +) / count
    let between = zip(counts, sums).reduce(0) { $0 + $1.1 * $1.1 / max($1.0, 1) } / count - mean * mean
    return between / max(squares / count - mean * mean, .leastNormalMagnitude)
  }
}
