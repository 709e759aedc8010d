import Base

/// The healthy voxels around a region of a mask.
struct HealthyTissue {
  private let image: Volume
  private let region: [Int]
  /// The box of voxels around the region, in whose order ``isHealthy`` is.
  private let box: [Range<Int>]
  private let isHealthy: [Bool]
  /// The healthy voxels.
  private let voxels: [Int]
  /// Their lowest and highest intensity.
  let range: ClosedRange<Float>

  private static let fewest = 20

  /// Finds the voxels within `reach` mm that are not in the mask and not 0, at most `outlier` robust standard deviations
  /// from their median; nil if there are too few.
  init?(around region: [Int], in image: Volume, mask: Mask, reach: Double, _ outlier: Float) {
    let places = region.map { image.voxel(at: $0) }, shape = image.shape, spacing = image.geometry.spacing
    box = (0..<3).map { axis in
      let margin = Int(reach / spacing[axis]) + 1
      let (low, high) = (places.map { $0[axis] }.min() ?? 0, places.map { $0[axis] }.max() ?? 0)
      return max(low - margin, 0)..<min(high + margin + 1, shape[axis])
    }
    (self.image, self.region) = (image, region)
    let size = box.map(\.count), box = box
    let squared = DistanceTransform(
      seeds: places.map { place in
        let local = (0..<3).map { place[$0] - box[$0].lowerBound }
        return local[0] + size[0] * (local[1] + size[1] * local[2])
      }, shape: size, spacing: spacing
    ).squared
    let all = box[2].flatMap { k in
      box[1].flatMap { j in box[0].map { $0 + shape[0] * (j + shape[1] * k) } }
    }
    let isNear = zip(all, squared).map { voxel, square in
      square <= reach * reach && mask.voxels[voxel] == 0 && image.voxels[voxel] != 0
        && image.voxels[voxel].isFinite
    }
    let values = zip(all, isNear).compactMap { $1 ? image.voxels[$0] : nil }
    guard values.count >= Self.fewest else { return nil }
    let (median, deviation) = RobustStatistics.medianAndDeviation(of: values)
    isHealthy = zip(all, isNear).map { $1 && abs(image.voxels[$0] - median) <= outlier * deviation }
    voxels = zip(all, isHealthy).compactMap { $1 ? $0 : nil }
    let kept = voxels.map { image.voxels[$0] }
    guard kept.count >= Self.fewest, let low = kept.min(), let high = kept.max() else { return nil }
    range = low...high
  }

  /// The voxels that share a face with a voxel, and the weights of the Laplacian in 1/mm².
  func neighbours(of voxel: Int) -> [(voxel: Int, weight: Float)] {
    let place = image.voxel(at: voxel), spacing = image.geometry.spacing
    let strides = [1, image.shape[0], image.shape[0] * image.shape[1]]
    return (0..<3).flatMap { axis in
      [-1, 1].compactMap { step in
        (0..<image.shape[axis]).contains(place[axis] + step)
          ? (voxel + step * strides[axis], Float(1 / (spacing[axis] * spacing[axis]))) : nil
      }
    }
  }

  /// The mean of at most `models` healthy voxels at each of these voxels, weighted by their inverse cubed distance.
  func level(of targets: [Int], models: Int) -> [Int: Float] {
    let every = max(voxels.count / models, 1), spacing = SIMD3<Float>(image.geometry.spacing)
    let chosen = stride(from: 0, to: voxels.count, by: every).map { voxels[$0] }
    func place(_ voxel: Int) -> SIMD3<Float> { SIMD3<Float>(image.voxel(at: voxel)) * spacing }
    let places = chosen.map(place), values = chosen.map { image.voxels[$0] }
    var level = [Int: Float](minimumCapacity: targets.count)
    for target in targets {
      let centre = place(target)
      var (sum, weights) = (Float(0), Float(0))
      for index in places.indices {
        let step = places[index] - centre, square = (step * step).sum() + 1
        let weight = 1 / (square * square.squareRoot())
        sum += weight * values[index]
        weights += weight
      }
      level[target] = sum / weights
    }
    return level
  }

  /// The deviation of a healthy voxel from the mean of those within `surroundings` mm of it, for each voxel of the
  /// region: that of the voxel at one of the moves that leave most of the region in healthy tissue.
  func texture(of region: [Int], surroundings: Double, moves: Int) -> [Int: Float] {
    var random = SeededGenerator(seed: UInt64(region[0]), stream: UInt64(region.count))
    let size = box.map(\.count)
    let tried = (0..<moves).map { _ in
      SIMD3((0..<3).map { random.count(-size[$0] / 2...size[$0] / 2) })
    }
    var left = region.map { ($0, image.voxel(at: $0)) }, texture = [Int: Float]()
    while !left.isEmpty {
      let sample = Swift.stride(from: 0, to: left.count, by: max(left.count / 200, 1)).map { left[$0].1 }
      let best = tried.max { a, b in
        sample.count { isHealthy(at: $0 &+ a) } < sample.count { isHealthy(at: $0 &+ b) }
      }
      guard let best else { break }
      let before = left.count
      left.removeAll { voxel, place in
        guard isHealthy(at: place &+ best) else { return false }
        texture[voxel] = deviation(at: place &+ best, surroundings)
        return true
      }
      if left.count == before { break }
    }
    for (voxel, _) in left {
      texture[voxel] = deviation(
        at: image.voxel(at: voxels[random.count(0...voxels.count - 1)]), surroundings)
    }
    return texture
  }

  private func isHealthy(at place: SIMD3<Int>) -> Bool {
    guard (0..<3).allSatisfy({ box[$0].contains(place[$0]) }) else { return false }
    let local = (0..<3).map { place[$0] - box[$0].lowerBound }
    return isHealthy[local[0] + box[0].count * (local[1] + box[1].count * local[2])]
  }

  private func deviation(at place: SIMD3<Int>, _ surroundings: Double) -> Float {
    let reach = (0..<3).map { Int(surroundings / image.geometry.spacing[$0]) }
    func intensity(_ place: SIMD3<Int>) -> Float {
      image.voxels[place.x + image.shape[0] * (place.y + image.shape[1] * place.z)]
    }
    var (sum, count) = (Float(0), Float(0))
    for z in -reach[2]...reach[2] {
      for y in -reach[1]...reach[1] {
        for x in -reach[0]...reach[0] {
          let near = place &+ SIMD3(x, y, z)
          guard isHealthy(at: near) else { continue }
          sum += intensity(near)
          count += 1
        }
      }
    }
    return intensity(place) - sum / count
  }
}
