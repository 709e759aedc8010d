package import Volumes

/// The extent of the template's brain in MNI152 world mm.
package enum TemplateSpace {
  /// The name that BIDS gives to the space.
  package static let name = "MNI152NLin2009aSym"
  /// The faces of its bounding box in mm: left, posterior, inferior; right, anterior, superior.
  package static let low = SIMD3(-72.0, -106, -70), high = SIMD3(72.0, 74, 82)
  /// The largest distance in mm between the faces of a registered brain and those of the template.
  private static let tolerance = 12.0

  /// Returns true if a skull-stripped scan is in template space.
  package static func holds(_ scan: Volume) -> Bool {
    let orientation = Orientation(of: scan.geometry)
    let brain = orientation.apply(scan.map { $0 == 0 ? UInt8(0) : 1 })
    let (first, last) = brain.worldBounds
    return holds(brain, first, last)
  }

  /// Returns true if a RAS+ brain mask with these bounds in world mm is in template space.
  package static func holds(_ brain: Mask, _ first: SIMD3<Double>, _ last: SIMD3<Double>) -> Bool {
    // If the stack ends inside the brain, its lowest and highest level say only that it is not beyond the
    // template's.
    let axes = brain.reachesVertex ? [0, 1, 2] : [0, 1]
    return axes.allSatisfy { max(abs(first[$0] - low[$0]), abs(last[$0] - high[$0])) <= tolerance }
      && first.z >= low.z - tolerance && last.z <= high.z + tolerance
  }
}

extension Mask {
  /// True if the top slice is empty, so that the stack includes the vertex.
  fileprivate var reachesVertex: Bool {
    !voxels.suffix(shape[0] * shape[1]).contains { $0 != 0 }
  }
}
