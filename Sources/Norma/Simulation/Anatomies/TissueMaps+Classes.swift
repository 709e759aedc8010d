import Volumes

extension TissueMaps {
  /// Creates the maps from the fractions or probabilities of three classes, which do not tell all tissues
  /// apart. `intensities` become the texture; both have one value per voxel of the brain's grid.
  init(brain: Mask, fractions: [SIMD3<Float>], intensities: [Float], means: SIMD3<Float>) {
    let depths = brain.map { 1 - $0 }.distance()
    func isDeepFluid(_ index: Int) -> Bool {
      fractions[index][Matter.fluid.rawValue] > 0.5 && depths[index] > Self.ventricleDepth
    }
    let deepFluid = Mask(
      geometry: brain.geometry, voxels: brain.voxels.indices.map { isDeepFluid($0) ? 1 : 0 })
    let ventricles = deepFluid.components(minimumVolume: Self.leastVentricle).mask
    (self.brain, self.fractions, self.ventricles) = (brain, fractions, ventricles)
    tissues = brain.voxels.indices.map { index in
      guard brain.voxels[index] != 0 else { return 0 }
      let z = brain.geometry.world(ofVoxel: SIMD3<Double>(brain.voxel(at: index))).z
      return Self.tissues(
        fractions[index], isVentricle: ventricles.voxels[index] != 0,
        isDeep: depths[index] > Self.ventricleDepth / 2, z: z)
    }
    let white = means[Matter.white.rawValue]
    texture = brain.voxels.indices.map { index in
      guard brain.voxels[index] != 0 else { return 0 }
      return (intensities[index] - (fractions[index] * means).sum()) / white
    }
  }

  /// The distance in mm from the brain's edge beyond which fluid may be a ventricle.
  private static let ventricleDepth = 22.0
  /// The volume in mm³ below which deep fluid is not taken for a ventricle.
  private static let leastVentricle = 500.0
  /// The template-space z in mm above which there is neither cerebellum nor brain stem.
  private static let posteriorFossaTop = 8.0

  private static func tissues(_ fractions: SIMD3<Float>, isVentricle: Bool, isDeep: Bool, z: Double) -> UInt8
  {
    let tissues: [Tissue]
    if isVentricle {
      tissues = [.ventricle]
    } else if fractions.x >= fractions.y, fractions.x >= fractions.z {
      tissues = [.corticalGrey, .deepGrey, .cerebellum, .brainStem]
    } else if fractions.y >= fractions.z {
      tissues = [.whiteMatter, .cerebellum, .brainStem]
    } else {
      // Small ventricles are not distinguished from cisterns.
      tissues = isDeep ? [.fluid, .ventricle] : [.fluid]
    }
    let possible = tissues.filter { z <= posteriorFossaTop || $0 != .cerebellum && $0 != .brainStem }
    return possible.reduce(0) { $0 | $1.bit }
  }
}
