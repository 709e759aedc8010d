import Foundation
import Volumes

/// The starts of registration: maps from template to scan world mm that roughly align the brains.
package enum RegistrationStarts {
  /// The pitch angles of a whole brain, in radians.
  private static let pitches = [-0.35, -0.12, 0.12, 0.35]
  /// The height in mm below which a brain is a part whose centre does not tell its place.
  package static let wholeHeight = 110.0
  private static let slabPitches = [-0.12, 0.12]
  /// The distance in mm between the positions tried for a slab.
  private static let slabStep = 15.0

  /// Returns the starts from the brain fractions of template and scan; none if either is empty.
  static func between(_ template: Volume, _ scan: Volume) -> [Affine] {
    guard let whole = BrainExtent(of: template), let brain = BrainExtent(of: scan) else { return [] }
    guard brain.height < wholeHeight else {
      let scale = (brain.variance.sum() / whole.variance.sum()).squareRoot()
      return pitches.map { start(from: whole, to: brain, scale: scale, pitch: $0) }
    }
    // The centre and height of a slab do not reveal its position.
    let positions = stride(
      from: whole.zRange.lowerBound + brain.height / 2, through: whole.zRange.upperBound - brain.height / 2,
      by: slabStep)
    return positions.flatMap { z -> [Affine] in
      let range = z - brain.height / 2...z + brain.height / 2
      guard let slab = BrainExtent(of: template, zRange: range) else { return [] }
      let areas = (brain.variance.x + brain.variance.y, slab.variance.x + slab.variance.y)
      return slabPitches.map {
        start(from: slab, to: brain, scale: (areas.0 / areas.1).squareRoot(), pitch: $0)
      }
    }
  }

  /// Returns the distances in mm along z between the centres of two brains of these heights: 0 for whole brains, and
  /// the places that a part may have in the other.
  static func offsets(_ first: Double, _ second: Double) -> [Double] {
    guard min(first, second) < wholeHeight else { return [0] }
    let steps = (abs(second - first) / 2 / slabStep).rounded(.up)
    return stride(from: -steps, through: steps, by: 1).map { $0 * slabStep }
  }

  /// Returns starts for a brain that is turned about its centre, from upright ones.
  static func turned(_ starts: [Affine], by turn: AxisTurn, ofTemplate template: Volume) -> [Affine] {
    guard let centre = BrainExtent(of: template)?.centre else { return [] }
    var turned = turn.rotation
    turned.origin = centre - turned.apply(centre)
    return starts.map { $0.composed(with: turned) }
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
