import Foundation
import Volumes

/// Where registration starts: maps of template to scan world mm that lay one brain about on the other.
enum RegistrationStarts {
  /// Of heads, nodding, in radians.
  private static let pitches = [-0.35, -0.12, 0.12, 0.35]
  /// A lower brain is a slab of one, in mm.
  private static let leastHeight = 110.0
  private static let slabPitches = [-0.12, 0.12]
  /// From one level that a slab may come from to the next, in mm.
  private static let slabStep = 15.0

  /// The starts, from the share of brain in every voxel of template and scan; none where one is empty.
  static func between(_ template: Volume, _ scan: Volume) -> [Affine] {
    guard let whole = BrainExtent(of: template), let found = BrainExtent(of: scan) else { return [] }
    guard found.height < leastHeight else {
      let scale = (found.variance.sum() / whole.variance.sum()).squareRoot()
      return pitches.map { start(from: whole, to: found, scale: scale, pitch: $0) }
    }
    // The centre and height of a slab say nothing of where it comes from.
    let levels = stride(
      from: whole.levels.lowerBound + found.height / 2, through: whole.levels.upperBound - found.height / 2,
      by: slabStep)
    return levels.flatMap { level -> [Affine] in
      let range = level - found.height / 2...level + found.height / 2
      guard let slab = BrainExtent(of: template, levels: range) else { return [] }
      let areas = (found.variance.x + found.variance.y, slab.variance.x + slab.variance.y)
      return slabPitches.map {
        start(from: slab, to: found, scale: (areas.0 / areas.1).squareRoot(), pitch: $0)
      }
    }
  }

  private static func start(
    from template: BrainExtent, to scan: BrainExtent, scale: Double, pitch: Double
  ) -> Affine {
    let (cosine, sine) = (scale * cos(pitch), scale * sin(pitch))
    var start = Affine(
      i: SIMD3(scale, 0, 0), j: SIMD3(0, cosine, sine), k: SIMD3(0, -sine, cosine), origin: .zero)
    start.origin = scan.centre - start.apply(template.centre)
    return start
  }
}
