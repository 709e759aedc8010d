public import Preprocessing
public import Volumes

/// The regions of two visits of one person, matched half way between them.
public struct VisitComparison: Sendable {
  /// The matched regions, the largest first.
  public let regions: [ChangedRegion]
  /// What the visits have in each space: half way, and on their own grids.
  public let halfway, atBaseline, atFollowUp: Images
  /// The visits half way, where stable white matter has the intensity 1.
  public let baseline, followUp: Volume
  /// Follow-up less baseline in standard deviations of stable white matter.
  public let change: Volume
  /// The median intensities of stable white matter in the scans.
  public let whiteMatter: (baseline: Double, followUp: Double)
  /// The standard deviation of the difference in stable white matter, whose intensity is 1.
  public let deviation: Double

  /// Regions and masks on one grid.
  public struct Images: Sendable {
    /// The numbers of the regions.
    public let labels: Labels
    /// The masks of both visits, which were thresholded together.
    public let baselineMask, followUpMask: Mask
  }

  /// The voxel size of the half-way grid in mm.
  private static let spacing = 1.0

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
    let masks = JointMasks(visits[0], visits[1]), parts = RegionParts(masks, visits)
    let excess = ExcessSignal(match.baseline, match.followUp, around: masks.regions)
      .changes(of: parts.all.map(\.voxels), isInBoth: parts.all.map(\.isInBoth))
    let places = RandomPlaces(match.change, isStable: match.stable, centres: match.stableWhite)
    regions = parts.all.enumerated().map { number, part in
      part.region(
        id: number + 1, match.change, visits, own: [first.labels, second.labels],
        excessChange: excess[number], places, rule)
    }
    let numbers = parts.numbers
    let images = Images(
      labels: masks.regions.map { numbers[Int($0)] }, baselineMask: masks.baseline,
      followUpMask: masks.followUp)
    halfway = images
    atBaseline = try images.moved(by: space.fromBaseline.inverse(), to: first.scan)
    atFollowUp = try images.moved(by: space.fromFollowUp.inverse(), to: second.scan)
  }

  /// The volumes of all regions in the masks that were thresholded together, in mL.
  public var volumesML: (baseline: Double, followUp: Double) {
    regions.reduce(into: (0, 0)) { sum, region in
      sum.0 += region.baselineVolume / 1000
      sum.1 += region.followUpVolume / 1000
    }
  }

  /// The volume that the changed regions gained less what they lost, in mL; regions that are stable or unsure do
  /// not count.
  public var evidentChangeML: Double {
    regions.reduce(0) { sum, region in
      let isEvident = region.kind != .stable && region.kind != .unsure
      return isEvident ? sum + (region.followUpVolume - region.baselineVolume) / 1000 : sum
    }
  }

  /// The number of regions of a kind.
  public func count(_ kind: ChangedRegion.Kind) -> Int { regions.count { $0.kind == kind } }
}

extension VisitComparison.Images {
  /// The images on the grid of a scan after a map of their world mm.
  fileprivate func moved(by affine: Affine, to scan: Volume) throws -> Self {
    func moved<Element: Numeric>(_ image: Grid<Element>) throws -> Grid<Element> {
      var result = try Resample.nearest(image.moved(by: affine), to: scan.geometry)
      result.header = scan.header
      return result
    }
    return Self(
      labels: try moved(labels), baselineMask: try moved(baselineMask), followUpMask: try moved(followUpMask))
  }
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
    /// The regions of the visits' own masks that are part of it.
    var own: [Set<Int32>] = [[], []]

    /// Whether both masks have a part of it.
    var isInBoth: Bool { onlyBaseline.count < voxels.count && onlyFollowUp.count < voxels.count }
  }

  init(_ masks: JointMasks, _ visits: [Visit]) {
    var parts = [Part](repeating: Part(), count: Int(masks.regions.voxels.max() ?? 0))
    for (index, label) in masks.regions.voxels.enumerated() where label != 0 {
      let number = Int(label) - 1, own = visits.map { $0.labels.voxels[index] }
      parts[number].voxels.append(index)
      if masks.followUp.voxels[index] == 0 { parts[number].onlyBaseline.append(index) }
      if masks.baseline.voxels[index] == 0 { parts[number].onlyFollowUp.append(index) }
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
  /// The volume in mm³ half way in the mask of one visit.
  private func volume(_ visit: Int, _ voxelVolume: Double) -> Double {
    Double(voxels.count - (visit == 0 ? onlyFollowUp : onlyBaseline).count) * voxelVolume
  }

  func region(
    id: Int, _ change: Volume, _ visits: [Visit], own labels: [Labels], excessChange: Double,
    _ places: RandomPlaces, _ rule: ChangeRule
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
    let ownVolumes = (0..<2).map { visit in
      Double(labels[visit].voxels.count { $0 != 0 && own[visit].contains($0) })
        * labels[visit].geometry.voxelVolume
    }
    return ChangedRegion(
      id: id,
      kind: rule.kind(
        baseline: before, followUp: after, meanChange: meanChange, scoreChange: scoreChange,
        excessChange: excessChange, confidence: confidence),
      baselineRegions: own[0].sorted().map(Int.init), followUpRegions: own[1].sorted().map(Int.init),
      baselineOwnVolume: ownVolumes[0], followUpOwnVolume: ownVolumes[1],
      baselineVolume: before, followUpVolume: after,
      changedVolume: Double(changed.count) * voxelVolume, meanChange: meanChange, scoreChange: scoreChange,
      excessChange: excessChange, confidence: confidence,
      centroid: change.geometry.world(ofVoxel: centre / Double(voxels.count)))
  }
}
