import Cohort
import Volumes

/// The position of a RAS+ scan in template space (MNI152), as far as it is known without registration.
struct TemplatePosition {
  /// Added to the scan's world coordinates (mm).
  let offset: SIMD3<Double>
  let notes: [String]
  private let isPlanar: Bool
  /// The template-space z in mm of a planar image, where it is given.
  private let givenZ: Double?

  /// A planar image (a PNG slice) has no position and is centred on the model grid. Where it is not known
  /// whether the scan is in template space, the faces of the brain decide.
  init(of brain: Mask, isPlanar: Bool, z: Double?, isInTemplateSpace: Bool?, recipe: Recipe) {
    (self.isPlanar, givenZ) = (isPlanar, z)
    if isPlanar {
      offset = SIMD3(recipe.gridCentre[0], recipe.gridCentre[1], 0)
      notes =
        z == nil
        ? ["A slice without position: taken to be at the z that the bundle was trained on."] : []
      return
    }
    let (first, last) = brain.worldBounds
    if isInTemplateSpace ?? TemplateSpace.holds(brain, first, last) {
      offset = .zero
      notes = []
    } else {
      let middle = (TemplateSpace.low + TemplateSpace.high) / 2 - (first + last) / 2
      offset = SIMD3(middle.x, middle.y, TemplateSpace.high.z - last.z)
      notes = [
        "The scan is not in template space (MNI152): its brain was only shifted onto the template's, "
          + "so z is approximate. Register it for a better map."
      ]
    }
  }

  /// The template-space z in mm of an axial slice.
  func z(ofSlice slice: Int, in geometry: Geometry) -> Double? {
    guard !isPlanar else { return givenZ }
    let middle = SIMD3(Double(geometry.shape[0] - 1) / 2, Double(geometry.shape[1] - 1) / 2, Double(slice))
    return geometry.world(ofVoxel: middle).z + offset.z
  }
}
