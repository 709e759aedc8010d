import Base
import Cohort
import Foundation
import Volumes

/// The contrast of grey matter and fluid to white matter, which distinguishes FLAIR from T1- and T2-weighted
/// scans.
struct TissueContrast: Sendable {
  /// The grid of the tissue masks in template space.
  private let grid: Geometry
  private let isGrey, isWhite, isFluid: [Bool]

  /// The ratios of median intensities.
  struct Ratios {
    let greyToWhite: Double
    /// Nil if too little fluid is in the scan.
    let fluidToWhite: Double?
  }

  /// The voxel size of the grid in mm.
  private static let spacing = 3.0
  /// The minimum probability, 0...255, of a voxel of a tissue.
  private static let minimumProbability: Float = 200

  /// Reads the tissue maps of the template, whose brain mask is `brain`. Throws a ``Problem`` if one is
  /// missing.
  init(folder: URL, brain: Mask) throws {
    let files = TemplateFiles(folder: folder)
    let (grey, white) = (try files.read(.greyMatter), try files.read(.whiteMatter))
    grid = grey.geometry.isotropic(spacing: Self.spacing, around: grey.geometry.box)
    let greys = try Resample.alongAxes(grey, to: grid).voxels
    let whites = try Resample.alongAxes(white, to: grid).voxels
    let inside = try Resample.alongAxes(brain.map { 255 * Float($0) }, to: grid).voxels
    isGrey = greys.map { $0 >= Self.minimumProbability }
    isWhite = whites.map { $0 >= Self.minimumProbability }
    isFluid = inside.indices.map { inside[$0] - greys[$0] - whites[$0] >= Self.minimumProbability }
  }

  /// Returns the ratios in a scan; nil if grey or white matter has too few voxels.
  func ratios(_ scan: Volume, brain: Mask, toTemplate: Affine) throws -> Ratios? {
    let geometry = scan.geometry.moved(by: toTemplate)
    let values = try Resample.averaged(Volume(geometry: geometry, voxels: scan.voxels), to: grid).voxels
    let inside = try Resample.nearest(Mask(geometry: geometry, voxels: brain.voxels), to: grid).voxels
    func median(_ isTissue: [Bool]) -> Double? {
      let tissue = values.indices.filter { isTissue[$0] && inside[$0] != 0 }.map { values[$0] }
      return tissue.count < 100 ? nil : Double(RobustStatistics.medianAndDeviation(of: tissue).median)
    }
    guard let grey = median(isGrey), let white = median(isWhite), white > 0 else { return nil }
    return Ratios(greyToWhite: grey / white, fluidToWhite: median(isFluid).map { $0 / white })
  }
}
