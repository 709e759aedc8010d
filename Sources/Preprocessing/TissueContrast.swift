import Base
import Cohort
import Foundation
import Volumes

/// The contrast of grey to white matter, which distinguishes FLAIR from T1-weighted scans.
struct TissueContrast: Sendable {
  /// The grid of the tissue masks in template space.
  private let grid: Geometry
  private let isGrey, isWhite: [Bool]

  /// The voxel size of the grid in mm.
  private static let spacing = 3.0
  /// The minimum probability, 0...255, of a voxel of a tissue.
  private static let minimumProbability: Float = 200

  /// Reads the tissue maps of the template. Throws a ``Problem`` if one is missing.
  init(folder: URL) throws {
    let files = TemplateFiles(folder: folder)
    let (grey, white) = (try files.read(.greyMatter), try files.read(.whiteMatter))
    grid = grey.geometry.isotropic(spacing: Self.spacing, around: grey.geometry.box)
    isGrey = try Resample.alongAxes(grey, to: grid).voxels.map { $0 >= Self.minimumProbability }
    isWhite = try Resample.alongAxes(white, to: grid).voxels.map { $0 >= Self.minimumProbability }
  }

  /// Returns the ratio of the median intensities of grey and white matter; nil if either has too few voxels.
  func greyToWhite(_ scan: Volume, brain: Mask, toTemplate: Affine) throws -> Double? {
    let geometry = scan.geometry.moved(by: toTemplate)
    let values = try Resample.averaged(Volume(geometry: geometry, voxels: scan.voxels), to: grid).voxels
    let inside = try Resample.nearest(Mask(geometry: geometry, voxels: brain.voxels), to: grid).voxels
    func median(_ isTissue: [Bool]) -> Double? {
      let tissue = values.indices.filter { isTissue[$0] && inside[$0] != 0 }.map { values[$0] }
      return tissue.count < 100 ? nil : Double(RobustStatistics.medianAndDeviation(of: tissue).median)
    }
    guard let grey = median(isGrey), let white = median(isWhite), white > 0 else { return nil }
    return grey / white
  }
}
