import Volumes

/// How much brain a registered scan shows at each axial level of the template.
struct AxialCoverage {
  /// Distance of the levels in mm; they are its multiples.
  private let spacing: Double
  /// Brain in mm² by number of the level.
  private var areas = [Int: Double]()

  /// Of a mask whose grid lies at `placed` in template space.
  init(of brain: Mask, in placed: Geometry, spacing: Double) {
    self.spacing = spacing
    // A voxel that stands obliquely is cut by all planes over its height, in its mean cross-section.
    let height = placed.affine.columns.reduce(0) { $0 + abs($1.z) }
    let section = placed.voxelVolume / height
    brain.forEachVoxel(in: placed) { point in
      let lowest = Int(((point.z - height / 2) / spacing).rounded(.up))
      let highest = Int(((point.z + height / 2) / spacing).rounded(.up)) - 1
      for level in stride(from: lowest, through: highest, by: 1) { areas[level, default: 0] += section }
    }
  }

  /// The levels (template-space z in mm) from the lowest to the highest that is known and shows this much brain, and
  /// how many others show as much.
  func positions(least area: Double, known: (Double) -> Bool) -> (z: [Double], outside: Int) {
    let shown = areas.filter { $0.value > 0 && $0.value >= area }.keys.map { Double($0) * spacing }
    let chosen = shown.filter(known)
    guard let lowest = chosen.min(), let highest = chosen.max() else { return ([], shown.count) }
    let count = Int(((highest - lowest) / spacing).rounded())
    return ((0...count).map { lowest + Double($0) * spacing }, shown.count - chosen.count)
  }
}
