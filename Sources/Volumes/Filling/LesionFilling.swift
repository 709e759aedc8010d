import Base

/// Replaces the voxels of a mask by plausible tissue, from the tissue around each of its regions.
///
/// A filled voxel is the sum of three parts. The level is the mean of the healthy voxels around the region, weighted by
/// the inverse cube of their distance (Shepard 1968). The seam is the difference of the voxels at the border from that
/// level, continued inwards by the screened Poisson equation, so that it fades over a few millimetres. The texture is
/// the deviation of healthy voxels from their surroundings, moved into the region in one piece where there is room.
package struct LesionFilling {
  /// The distance in mm around a region within which voxels are a model for it.
  private static let reach = 10.0
  /// A voxel around a region is healthy if it is at most so many robust standard deviations from their median.
  private static let outlier: Float = 2.5
  /// The distance in mm over which the seam fades by e.
  private static let fading = 1.5
  /// The half-width in mm of the surroundings from which the texture deviates.
  private static let surroundings = 2.0
  /// The number of moves that are tried for the texture, and of healthy voxels that the level is made of.
  private static let moves = 200, models = 3000

  private let image: Volume
  private let mask: Mask

  /// Prepares an image and a mask on its grid.
  package init(_ image: Volume, mask: Mask) { (self.image, self.mask) = (image, mask) }

  /// Returns the new values by voxel index, and the number of regions that were left as they are because there are too
  /// few healthy voxels around them.
  package func values() -> (filled: [Int: Float], unfilled: Int) {
    let regions = mask.components().members
    let filled = concurrentMap(regions.count) { fill(regions[$0]) }
    return (
      filled.reduce(into: [:]) { all, region in all.merge(region ?? [:]) { first, _ in first } },
      filled.count { $0 == nil }
    )
  }

  private func fill(_ region: [Int]) -> [Int: Float]? {
    guard let models = HealthyTissue(around: region, in: image, mask: mask, reach: Self.reach, Self.outlier)
    else { return nil }
    let border = Set(region.flatMap { models.neighbours(of: $0).map(\.voxel) }).subtracting(region)
    let level = models.level(of: region + border, models: Self.models)
    var seam = [Int: Float]()
    for voxel in border { seam[voxel] = (level[voxel] ?? 0).distance(to: image.voxels[voxel]) }
    continueInwards(&seam, region, models)
    let texture = models.texture(of: region, surroundings: Self.surroundings, moves: Self.moves)
    return Dictionary(
      uniqueKeysWithValues: region.map { voxel in
        let value = (level[voxel] ?? 0) + (seam[voxel] ?? 0) + (texture[voxel] ?? 0)
        return (voxel, min(max(value, models.range.lowerBound), models.range.upperBound))
      })
  }

  /// Solves the screened Poisson equation inside the region by Gauss-Seidel, from the values at its border.
  private func continueInwards(_ seam: inout [Int: Float], _ region: [Int], _ models: HealthyTissue) {
    let screen = Float(1 / (Self.fading * Self.fading))
    let steps = region.map { models.neighbours(of: $0) }
    for _ in 0..<40 {
      for (voxel, neighbours) in zip(region, steps) {
        var (sum, weights) = (Float(0), screen)
        for (neighbour, weight) in neighbours {
          sum += weight * (seam[neighbour] ?? 0)
          weights += weight
        }
        seam[voxel] = sum / weights
      }
    }
  }
}

extension Components {
  /// The voxels of each component.
  fileprivate var members: [[Int]] {
    var members = [[Int]](repeating: [], count: count)
    for (voxel, label) in labels.voxels.enumerated() where label != 0 {
      members[Int(label) - 1].append(voxel)
    }
    return members
  }
}
