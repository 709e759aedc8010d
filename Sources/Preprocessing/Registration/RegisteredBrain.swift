import Base
import Volumes

/// A brain that is registered to another.
struct RegisteredBrain: Sendable {
  let brain: MaskedBrain
  /// The map to the template; nil if the scan's place in it is unknown.
  let toTemplate: Affine?
  /// The centre of mass and the corners of the box of the brain in world mm.
  let centre: SIMD3<Double>
  /// How many mm of the brain the scan shows from bottom to top.
  let height: Double
  let corners: [SIMD3<Double>]

  /// The brain of a preprocessed scan.
  ///
  /// - Throws: A ``Problem`` for a scan without a brain; `place` says where.
  init(_ scan: PreprocessedScan, at place: String) throws {
    try self.init(
      scan.volume, mask: scan.brain ?? scan.volume.map { $0 == 0 ? 0 : 1 }, toTemplate: scan.worldToTemplate,
      at: place)
  }

  /// The brain of a scan inside a mask on its grid.
  ///
  /// - Throws: A ``Problem`` for a scan without a brain; `place` says where.
  init(_ scan: Volume, mask: Mask, toTemplate: Affine?, at place: String) throws {
    guard let brain = MaskedBrain(scan, mask: mask),
      let extent = BrainExtent(of: mask.map { Float($0) }), let box = mask.box(movedBy: .identity)
    else {
      throw Problem(
        .badData, "the scan has no positive intensities inside the brain mask", at: place,
        advice: "inspect the scan and its brain mask")
    }
    self.brain = brain
    self.toTemplate = toTemplate
    (centre, height) = (extent.centre, extent.height)
    corners = (0..<8).map { corner in
      SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? box.low[$0] : box.high[$0] })
    }
  }

  /// The brain without a margin, whose edge is that of the mask: the folds decide, not the extraction.
  func inside(_ grid: Geometry) throws -> Mask {
    try Resample.alongAxes(brain.mask.map { Float($0) }, to: grid).map { $0 > 0.9 ? 1 : 0 }
  }
}
