import Volumes

extension TissueMaps {
  /// Creates the maps from the fractions or probabilities of three classes, which do not tell all tissues
  /// apart. `intensities` become the texture; they and the fractions have one value per voxel of the grid.
  init(
    brain: Mask, fractions: [SIMD3<Float>], ventricles: Mask, intensities: [Float], means: SIMD3<Float>
  ) {
    (self.brain, self.fractions, self.ventricles) = (brain, fractions, ventricles)
    let depths = brain.map { 1 - $0 }.distance()
    tissues = brain.voxels.indices.map { index in
      guard brain.voxels[index] != 0 else { return 0 }
      guard ventricles.voxels[index] == 0 else { return Tissue.ventricle.bit }
      let place = brain.geometry.world(ofVoxel: SIMD3<Double>(brain.voxel(at: index)))
      return Self.tissues(fractions[index], place: place, depth: depths[index])
    }
    let white = means[Matter.white.rawValue]
    texture = brain.voxels.indices.map { index in
      guard brain.voxels[index] != 0 else { return 0 }
      return (intensities[index] - (fractions[index] * means).sum()) / white
    }
  }

  /// The depth in mm in the brain below which fluid is not taken for a ventricle.
  private static let cisternDepth = 10.0

  /// Returns the tissues of the most probable class that occur at this place, in template-space mm.
  private static func tissues(_ fractions: SIMD3<Float>, place: SIMD3<Double>, depth: Double) -> UInt8 {
    var tissues: UInt8
    func add(_ tissue: Tissue, within extent: TissueExtent) {
      if extent.contains(place) { tissues |= tissue.bit }
    }
    if fractions.x >= fractions.y, fractions.x >= fractions.z {
      tissues = Tissue.corticalGrey.bit
      add(.deepGrey, within: .deepGrey)
    } else if fractions.y >= fractions.z {
      tissues = Tissue.whiteMatter.bit
      add(.deepGrey, within: .brightDeepGrey)
    } else {
      tissues = Tissue.fluid.bit
      // The third and the fourth ventricle are not distinguished from cisterns.
      if depth > cisternDepth { add(.ventricle, within: .ventricles) }
      return tissues
    }
    add(.cerebellum, within: .cerebellum)
    add(.brainStem, within: .brainStem)
    return tissues
  }
}

/// A box in template-space mm.
///
/// The boxes are those of the labels of the twenty label maps of SynthSeg, registered by
/// ``AnatomyPreparation``, and 3 mm around them.
private struct TissueExtent {
  let low, high: SIMD3<Double>

  static let cerebellum = TissueExtent(low: SIMD3(-69, -103, -78), high: SIMD3(69, -14, 8))
  static let brainStem = TissueExtent(low: SIMD3(-25, -58, -78), high: SIMD3(25, -5, 6))
  static let ventricles = TissueExtent(low: SIMD3(-46, -97, -63), high: SIMD3(46, 40, 44))
  static let deepGrey = TissueExtent(low: SIMD3(-46, -49, -39), high: SIMD3(46, 33, 36))
  /// Thalamus, ventral diencephalon and pallidum, which are as bright as white matter in T1-weighted scans.
  static let brightDeepGrey = TissueExtent(low: SIMD3(-37, -42, -26), high: SIMD3(37, 13, 24))

  func contains(_ place: SIMD3<Double>) -> Bool { all(place .>= low) && all(place .<= high) }
}
