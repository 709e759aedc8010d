import Volumes

/// The area of brain that a registered scan shows in each axial slice of the template.
struct AxialCoverage {
  /// The distance of the slices in mm; their z are its multiples.
  private let spacing: Double
  /// The area of brain in mm², by z in multiples of the spacing.
  private var areas = [Int: Double]()

  /// Measures a mask whose grid is `placed` in template space.
  init(of brain: Mask, in placed: Geometry, spacing: Double) {
    self.spacing = spacing
    // All planes over the height of an oblique voxel cut it, on average in its mean cross-section.
    let height = placed.affine.columns.reduce(0) { $0 + abs($1.z) }
    let section = placed.voxelVolume / height
    brain.forEachVoxel(in: placed) { point in
      let lowest = Int(((point.z - height / 2) / spacing).rounded(.up))
      let highest = Int(((point.z + height / 2) / spacing).rounded(.up)) - 1
      for slice in stride(from: lowest, through: highest, by: 1) { areas[slice, default: 0] += section }
    }
  }

  /// The template-space z in mm of the slices from the lowest to the highest known one that shows at least
  /// `minimumArea` of brain, and the number of unknown ones that show as much.
  func positions(minimumArea: Double, isKnown: (Double) -> Bool) -> (z: [Double], outside: Int) {
    let shown = areas.filter { $0.value > 0 && $0.value >= minimumArea }.keys.map { Double($0) * spacing }
    let chosen = shown.filter(isKnown)
    guard let lowest = chosen.min(), let highest = chosen.max() else { return ([], shown.count) }
    let count = Int(((highest - lowest) / spacing).rounded())
    return ((0...count).map { lowest + Double($0) * spacing }, shown.count - chosen.count)
  }
}
