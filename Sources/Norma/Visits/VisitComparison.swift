public import Preprocessing
public import Volumes

/// The regions of two visits of one person, matched half way between them.
public struct VisitComparison: Sendable {
  /// The matched regions, the largest first.
  public let regions: [ChangedRegion]
  /// The numbers of the regions on the half-way grid and on the own grids of baseline and follow-up.
  public let labels, baselineLabels, followUpLabels: Labels
  /// The mask of the other visit on the own grids of baseline and follow-up.
  public let followUpMaskAtBaseline, baselineMaskAtFollowUp: Mask
  /// The visits half way, where stable white matter has the intensity 1, and the masks there.
  public let baseline, followUp: Volume, baselineMask, followUpMask: Mask
  /// Follow-up less baseline in standard deviations of stable white matter.
  public let change: Volume
  /// The median intensities of stable white matter in the scans.
  public let whiteMatter: (baseline: Double, followUp: Double)
  /// The standard deviation of the difference in stable white matter, whose intensity is 1.
  public let deviation: Double

  /// The voxel size of the half-way grid in mm.
  private static let spacing = 1.0
  /// The distance in voxels up to which the regions of two visits are one.
  private static let reach = 1

  /// Compares two visits in the space half way between them; nil if they have hardly any white matter in common.
  ///
  /// - Throws: `VolumeError` for a singular affine.
  public init?(_ first: Visit, _ second: Visit, in space: HalfwaySpace, by rule: ChangeRule = ChangeRule())
    throws
  {
    let grid = space.grid(around: [first.brain, second.brain], spacing: Self.spacing)
    let visits = try zip([first, second], space.maps).map { try $0.moved(by: $1, to: grid) }
    guard let match = try IntensityMatch(visits[0], visits[1]) else { return nil }
    (baseline, followUp, change) = (match.baseline, match.followUp, match.change)
    (whiteMatter, deviation) = (match.whiteMatter, match.deviation)
    let masks = visits.map { visit in visit.labels.map { $0 == 0 ? UInt8(0) : 1 } }
    (baselineMask, followUpMask) = (masks[0], masks[1])
    let union = Mask(geometry: grid, voxels: zip(masks[0].voxels, masks[1].voxels).map { $0 | $1 })
    var joined = union.dilated(by: Self.reach).components().labels
    for index in joined.voxels.indices where union.voxels[index] == 0 { joined.voxels[index] = 0 }
    let parts = RegionParts(joined, visits)
    let places = RandomPlaces(match.change, isStable: match.stable, centres: match.stableWhite)
    regions = parts.all.enumerated().map { number, part in
      part.region(id: number + 1, match.change, visits, own: [first.labels, second.labels], places, rule)
    }
    let numbers = parts.numbers
    labels = joined.map { numbers[Int($0)] }
    let labels = labels
    func back<Element: Numeric>(_ own: Grid<Element>, _ affine: Affine, to scan: Volume) throws -> Grid<
      Element
    > {
      var result = try Resample.nearest(own.moved(by: affine.inverse()), to: scan.geometry)
      result.header = scan.header
      return result
    }
    baselineLabels = try back(labels, space.fromBaseline, to: first.scan)
    followUpLabels = try back(labels, space.fromFollowUp, to: second.scan)
    followUpMaskAtBaseline = try back(masks[1], space.fromBaseline, to: first.scan)
    baselineMaskAtFollowUp = try back(masks[0], space.fromFollowUp, to: second.scan)
  }

  /// The volume that the changed regions gained less what they lost, in mL. Regions that are stable or unsure do
  /// not count: a region near the threshold may be in one mask alone.
  public var evidentChangeML: Double {
    regions.reduce(0) { sum, region in
      let isEvident = region.kind != .stable && region.kind != .unsure
      return isEvident ? sum + (region.followUpVolume - region.baselineVolume) / 1000 : sum
    }
  }

  /// The number of regions of a kind.
  public func count(_ kind: ChangedRegion.Kind) -> Int { regions.count { $0.kind == kind } }
}

/// The voxels of the matched regions.
private struct RegionParts {
  /// The regions, the largest first.
  let all: [Part]
  /// The number of each joined label; 0 for none.
  let numbers: [Int32]

  struct Part {
    /// All voxels, and those in only one of the masks.
    var voxels = [Int](), onlyBaseline = [Int](), onlyFollowUp = [Int]()
    /// The regions of the two visits that it consists of.
    var own: [Set<Int32>] = [[], []]
  }

  init(_ joined: Labels, _ visits: [Visit]) {
    var parts = [Part](repeating: Part(), count: Int(joined.voxels.max() ?? 0))
    for (index, label) in joined.voxels.enumerated() where label != 0 {
      let number = Int(label) - 1, own = visits.map { $0.labels.voxels[index] }
      parts[number].voxels.append(index)
      if own[1] == 0 { parts[number].onlyBaseline.append(index) }
      if own[0] == 0 { parts[number].onlyFollowUp.append(index) }
      for visit in 0..<2 where own[visit] != 0 { parts[number].own[visit].insert(own[visit]) }
    }
    let order = parts.indices.sorted { (-parts[$0].voxels.count, $0) < (-parts[$1].voxels.count, $1) }
    all = order.map { parts[$0] }
    var numbers = [Int32](repeating: 0, count: parts.count + 1)
    for (position, part) in order.enumerated() { numbers[part + 1] = Int32(position + 1) }
    self.numbers = numbers
  }
}

extension RegionParts.Part {
  /// The volume in mm³ of the regions of one visit half way.
  private func volume(_ visit: Int, _ voxelVolume: Double) -> Double {
    Double(voxels.count - (visit == 0 ? onlyFollowUp : onlyBaseline).count) * voxelVolume
  }

  func region(
    id: Int, _ change: Volume, _ visits: [Visit], own labels: [Labels], _ places: RandomPlaces,
    _ rule: ChangeRule
  ) -> ChangedRegion {
    let voxelVolume = change.geometry.voxelVolume
    let (before, after) = (volume(0, voxelVolume), volume(1, voxelVolume))
    let sign: Double = after > before ? 1 : -1
    let changed = after > before ? onlyFollowUp : onlyBaseline
    func mean(_ values: (Int) -> Float) -> Double {
      changed.isEmpty ? 0 : changed.reduce(0) { $0 + Double(values($1)) } / Double(changed.count)
    }
    let meanChange = mean { change.voxels[$0] }
    let scoreChange = mean { visits[1].map.voxels[$0] - visits[0].map.voxels[$0] }
    let confidence =
      changed.isEmpty ? nil : places.fractionBelow(meanChange, shape: changed, sign: sign)
    let centre = voxels.reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>(change.voxel(at: $1)) }
    let volumes = (0..<2).map { visit in
      Double(labels[visit].voxels.count { $0 != 0 && own[visit].contains($0) })
        * labels[visit].geometry.voxelVolume
    }
    return ChangedRegion(
      id: id,
      kind: rule.kind(
        baseline: before, followUp: after, meanChange: meanChange, scoreChange: scoreChange,
        confidence: confidence),
      baselineRegions: own[0].sorted().map(Int.init), followUpRegions: own[1].sorted().map(Int.init),
      baselineVolume: volumes[0], followUpVolume: volumes[1],
      changedVolume: Double(changed.count) * voxelVolume, meanChange: meanChange, scoreChange: scoreChange,
      confidence: confidence,
      centroid: change.geometry.world(ofVoxel: centre / Double(voxels.count)))
  }
}
