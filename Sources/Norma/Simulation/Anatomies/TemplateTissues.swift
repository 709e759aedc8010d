import Base
import Cohort
import Foundation
import Volumes

/// The template on the grid of anatomies: intensities, brain, and fractions of grey and white matter.
struct TemplateTissues {
  let intensities: [Float]
  let brain: Mask
  /// The fractions of grey matter, white matter and fluid; their sum is 1.
  let fractions: [SIMD3<Float>]
  /// The probabilities of the classes for a registered brain: the fractions, smoothed and above 0 everywhere.
  let priors: [SIMD3<Float>]

  /// The voxel size in mm of the grid through which the fractions are smoothed: triangles of this half-width,
  /// twice, have a standard deviation of 3 mm.
  private static let smoothing = 5.2
  /// The probability added to grey matter, white matter and fluid.
  private static let least = SIMD3<Float>(0.02, 0.02, 0.05)

  /// Samples the maps of a folder. Throws a ``Problem`` if one is missing or unreadable.
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
    fractions = zip(maps[0].voxels, maps[1].voxels).map { grey, white in
      let solid = SIMD3(grey, white, 0)
      return solid / max(1, solid.sum()) + SIMD3(0, 0, max(0, 1 - solid.sum()))
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
      intensities: intensities, means: SIMD3<Float>(sums / weights))
  }
}
