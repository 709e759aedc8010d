import Base
import Cohort
import Foundation
import Volumes

/// The template on the grid of anatomies: intensities, brain, tissues and ventricles.
struct TemplateTissues {
  let intensities: [Float]
  let brain: Mask
  /// The fractions of grey matter, white matter and fluid; their sum is 1.
  let fractions: [SIMD3<Float>]
  /// The probabilities of the classes for a registered brain: the fractions, smoothed and above 0 everywhere.
  let priors: [SIMD3<Float>]
  /// The lateral ventricles, their core, and the region in which those of a registered brain are.
  private let ventricles: Mask
  private let ventricleCore: [Int]
  private let ventricleRegion: Mask

  /// The voxel size in mm of the grid through which the fractions are smoothed: triangles of this half-width,
  /// twice, have a standard deviation of 3 mm.
  private static let smoothing = 5.2
  /// Points in mm in the lateral ventricles, and the distance from them within which fluid belongs to a ventricle.
  private static let ventriclePoints = [SIMD3(-10.0, 0, 20), SIMD3(10.0, 0, 20)]
  private static let pointRadius = 4.0
  /// The fraction of fluid in the core of the ventricles.
  private static let coreFluid: Float = 0.7
  /// The distance in mm from the template's ventricles within which those of a registered brain are.
  private static let ventricleReach = 15.0
  /// The probability added to grey matter, white matter and fluid.
  private static let least = SIMD3<Float>(0.02, 0.02, 0.05)

  /// Samples the maps of a folder.
  ///
  /// - Throws: A ``Problem`` if one is missing or unreadable.
  init(folder: URL, grid: Geometry) throws {
    let files = TemplateFiles(folder: folder)
    let whole = try files.read(.t1)
    let inside = try Resample.averaged(whole.map { $0 > 0 ? 1 : 0 }, to: grid)
    let image = try Resample.averaged(whole, to: grid)
    brain = inside.map { $0 > 0.5 ? UInt8(1) : 0 }.fillingHoles()
    intensities = zip(image.voxels, inside.voxels).map { $0 / max($1, 0.5) }
    // The maps are probabilities, coded as 0...255.
    let maps = try [TemplateFiles.Map.greyMatter, .whiteMatter].map { map in
      try Resample.averaged(files.read(map).map { $0 / 255 }, to: grid)
    }
    let fractions = zip(maps[0].voxels, maps[1].voxels).map { grey, white in
      let solid = SIMD3(grey, white, 0)
      return solid / max(1, solid.sum()) + SIMD3(0, 0, max(0, 1 - solid.sum()))
    }
    self.fractions = fractions
    let isFluid = Self.fluid(fractions, in: brain)
    let seeds = isFluid.voxels.indices.filter { index in
      let place = grid.world(ofVoxel: SIMD3<Double>(isFluid.voxel(at: index)))
      return Self.ventriclePoints.contains { (place - $0).length <= Self.pointRadius }
    }
    let ventricles = isFluid.connected(to: seeds)
    (self.ventricles, ventricleRegion) = (ventricles, ventricles.grown(by: Self.ventricleReach))
    ventricleCore = fractions.indices.filter {
      ventricles.voxels[$0] != 0 && fractions[$0].z > Self.coreFluid
    }
    let smooth = try maps.map { map in
      let coarse = grid.isotropic(spacing: Self.smoothing, around: grid.box)
      return try Resample.alongAxes(Resample.alongAxes(map, to: coarse), to: grid)
    }
    priors = zip(smooth[0].voxels, smooth[1].voxels).map { grey, white in
      let likely = SIMD3(grey, white, 0) + SIMD3(Self.least.x, Self.least.y, 0)
      let prior = likely + SIMD3(0, 0, max(0, 1 - likely.sum()) + Self.least.z)
      return prior / prior.sum()
    }
  }

  /// The anatomy of the template itself.
  var maps: TissueMaps {
    var (weights, sums) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    for (index, isBrain) in brain.voxels.enumerated() where isBrain != 0 {
      weights += SIMD3<Double>(fractions[index])
      sums += SIMD3<Double>(fractions[index]) * Double(intensities[index])
    }
    return TissueMaps(
      brain: brain, fractions: zip(fractions, brain.voxels).map { $1 == 0 ? .zero : $0 },
      ventricles: ventricles, intensities: intensities, means: SIMD3<Float>(sums / weights))
  }

  /// Returns the lateral ventricles of a registered brain: the fluid near those of the template that is connected
  /// to their core.
  func ventricles(of fractions: [SIMD3<Float>], in brain: Mask) -> Mask {
    let region = Mask(
      geometry: brain.geometry, voxels: zip(brain.voxels, ventricleRegion.voxels).map { min($0, $1) })
    // Holes are choroid plexus.
    return Self.fluid(fractions, in: region).connected(to: ventricleCore).fillingHoles()
  }

  private static func fluid(_ fractions: [SIMD3<Float>], in brain: Mask) -> Mask {
    Mask(
      geometry: brain.geometry, voxels: zip(fractions, brain.voxels).map { $0.z > 0.5 && $1 != 0 ? 1 : 0 })
  }
}
