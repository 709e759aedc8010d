/// Connected components of a mask: 26-connected in 3-D, which is 8-connected in a single slice.
public struct Components: Sendable {
  /// 0 outside, 1...``count`` inside.
  public let labels: Labels
  /// The number of voxels of each component.
  public let sizes: [Int]

  /// The number of components.
  public var count: Int { sizes.count }
}

extension Mask {
  /// Labels the connected components in the order of their first voxel or, of their size, the `largestFirst`.
  /// Components of less than `minimumVolume` mm³ are dropped.
  ///
  /// Runs of voxels along x are joined to those that they touch in the rows before.
  public func components(minimumVolume: Double = 0, largestFirst: Bool = false) -> Components {
    components(reaching: nil, minimumVolume: minimumVolume, largestFirst: largestFirst)
  }

  /// Labels the connected components in which a voxel of `map` is above `peak`: with the voxels above a lower
  /// score as this mask, hysteresis thresholding.
  package func components(
    in map: Volume, reaching peak: Float, minimumVolume: Double = 0, largestFirst: Bool = false
  ) -> Components {
    components(reaching: (map.voxels, peak), minimumVolume: minimumVolume, largestFirst: largestFirst)
  }

  private func components(
    reaching peak: (scores: [Float], above: Float)?, minimumVolume: Double, largestFirst: Bool
  ) -> Components {
    var runs = VoxelRuns(of: self)
    runs.joinNeighbours()
    let found = runs.components()
    var sizes = [Int](repeating: 0, count: found.count)
    var isReached = [Bool](repeating: peak == nil, count: found.count)
    for (run, component) in zip(runs.all, found.ofRuns) {
      sizes[component] += run.count
      if let peak, !isReached[component] {
        isReached[component] = run.contains { peak.scores[$0] > peak.above }
      }
    }
    let voxelVolume = geometry.voxelVolume
    var kept = sizes.indices.filter { isReached[$0] && Double(sizes[$0]) * voxelVolume >= minimumVolume }
    if largestFirst { kept.sort { (-sizes[$0], $0) < (-sizes[$1], $1) } }
    var numbers = [Int32](repeating: 0, count: found.count)
    for (position, component) in kept.enumerated() { numbers[component] = Int32(position + 1) }
    let labels = runs.labels(found.ofRuns.map { numbers[$0] }, count: voxels.count)
    return Components(
      labels: Labels(geometry: geometry, voxels: labels, header: header), sizes: kept.map { sizes[$0] })
  }

  /// The largest component; of several equally large ones the first. An empty mask stays empty.
  package func largestComponent() -> Mask {
    components(largestFirst: true).labels.map { $0 == 1 ? 1 : 0 }
  }
}

extension Components {
  /// The voxels of all components.
  package var mask: Mask { labels.map { $0 == 0 ? 0 : 1 } }

  /// For each component whether one of its voxels is set in `mask`.
  package func touched(by mask: Mask) -> [Bool] {
    var touched = [Bool](repeating: false, count: count)
    for (label, isSet) in zip(labels.voxels, mask.voxels) where label != 0 && isSet != 0 {
      touched[Int(label) - 1] = true
    }
    return touched
  }
}
