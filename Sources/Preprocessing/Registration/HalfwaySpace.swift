public import Volumes

/// The space half way between two visits, to which both are moved by inverse maps: neither is treated differently.
public struct HalfwaySpace: Sendable {
  /// The maps of the baseline and of the follow-up from their world mm to those of this space.
  public let fromBaseline, fromFollowUp: Affine

  /// Creates the space of a map from world mm of the baseline to world mm of the follow-up.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` for a mirror image or a turn by 180 degrees.
  public init(toFollowUp: Affine) throws {
    fromBaseline = try toFollowUp.squareRoot()
    fromFollowUp = try fromBaseline.inverse()
  }

  /// The maps of the baseline and of the follow-up.
  package var maps: [Affine] { [fromBaseline, fromFollowUp] }

  /// The grid along R, A and S whose voxels of `spacing` mm cover the brains of both visits and a margin of as
  /// much as 2 voxels. Its box is in whole multiples of the spacing, so it is the same for exchanged visits.
  package func grid(around brains: [Mask], spacing: Double) -> Geometry {
    let boxes = zip(brains, maps).compactMap { $0.box(movedBy: $1) }
    precondition(!boxes.isEmpty, "the brain masks are empty")
    // Rounding must not decide on a voxel.
    let nothing = 1e-6
    let low = boxes.dropFirst().reduce(boxes[0].low) { pointwiseMin($0, $1.low) } / spacing + nothing
    let high = boxes.dropFirst().reduce(boxes[0].high) { pointwiseMax($0, $1.high) } / spacing - nothing
    let start = low.rounded(.down) - 1, end = high.rounded(.up) + 1
    return Geometry(
      shape: (0..<3).map { Int(end[$0] - start[$0]) + 1 },
      affine: Affine(diagonal: SIMD3(repeating: spacing), origin: start * spacing))
  }
}
