import Volumes

/// Where a RAS+ scan lies in template space (MNI152), as far as that can be known without registration.
struct TemplatePosition {
  /// Added to the scan's world coordinates (mm).
  let offset: SIMD3<Double>
  let notes: [String]
  private let isPlanar: Bool
  /// Template-space z in mm of a planar image, where somebody said it.
  private let givenLevel: Double?

  /// Faces of the template's brain in mm: left, posterior, inferior; right, anterior, superior.
  private static let low = SIMD3(-72.0, -106, -70), high = SIMD3(72.0, 74, 82)
  /// A brain whose outermost faces are all this close (mm) to the template's is taken as registered.
  private static let tolerance = 12.0

  /// A planar image (a PNG slice) has no position: its centre is laid on the grid's centre.
  init(of brain: Mask, isPlanar: Bool, level: Double?, recipe: Recipe) {
    (self.isPlanar, givenLevel) = (isPlanar, level)
    if isPlanar {
      offset = SIMD3(recipe.gridCentre[0], recipe.gridCentre[1], 0)
      notes =
        level == nil
        ? ["A slice without position: taken to lie at the axial level the bundle was trained on."] : []
      return
    }
    let (first, last) = brain.worldBounds
    if Self.isInTemplate(brain, first, last) {
      offset = .zero
      notes = []
    } else {
      let middle = (Self.low + Self.high) / 2 - (first + last) / 2
      offset = SIMD3(middle.x, middle.y, Self.high.z - last.z)
      notes = [
        "The scan does not lie in template space (MNI152): its brain was only shifted onto the template's, "
          + "so axial levels are approximate. Register it for a better map."
      ]
    }
  }

  /// Whether a stripped scan lies where the template does.
  static func isInTemplate(_ scan: Volume) -> Bool {
    let orientation = Orientation(of: scan.geometry)
    let brain = orientation.apply(scan.map { $0 == 0 ? UInt8(0) : 1 })
    let (first, last) = brain.worldBounds
    return isInTemplate(brain, first, last)
  }

  private static func isInTemplate(_ brain: Mask, _ first: SIMD3<Double>, _ last: SIMD3<Double>) -> Bool {
    // In a stack that ends inside the brain only the in-plane faces can be compared.
    let axes = brain.reachesVertex ? [0, 1, 2] : [0, 1]
    return axes.allSatisfy { max(abs(first[$0] - low[$0]), abs(last[$0] - high[$0])) <= tolerance }
  }

  /// Template-space z in mm of an axial slice.
  func level(ofSlice slice: Int, in geometry: Geometry) -> Double? {
    guard !isPlanar else { return givenLevel }
    let middle = SIMD3(Double(geometry.shape[0] - 1) / 2, Double(geometry.shape[1] - 1) / 2, Double(slice))
    return geometry.world(ofVoxel: middle).z + offset.z
  }
}

extension Mask {
  /// World coordinates (mm) of the outermost set voxels of a RAS+ mask.
  var worldBounds: (first: SIMD3<Double>, last: SIMD3<Double>) {
    var low = SIMD3<Double>(repeating: .infinity), high = -low
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        let row = voxels[(z * shape[1] + y) * shape[0]..<(z * shape[1] + y + 1) * shape[0]]
        guard let left = row.firstIndex(where: { $0 != 0 }), let right = row.lastIndex(where: { $0 != 0 })
        else {
          continue
        }
        for x in [left - row.startIndex, right - row.startIndex] {
          let point = geometry.world(ofVoxel: SIMD3(Double(x), Double(y), Double(z)))
          low = pointwiseMin(low, point)
          high = pointwiseMax(high, point)
        }
      }
    }
    return (low, high)
  }

  /// Whether the top slice is empty, so that the stack goes beyond the brain.
  fileprivate var reachesVertex: Bool {
    !voxels.suffix(shape[0] * shape[1]).contains { $0 != 0 }
  }
}
