import Base
import Cohort
import Foundation
import Volumes

/// How bright grey matter is beside white matter, by which FLAIR and T1-weighted scans are told apart.
struct TissueContrast: Sendable {
  /// The template's tissue on a grid of ``spacing`` mm.
  private let grid: Geometry
  private let isGrey, isWhite: [Bool]

  /// mm.
  private static let spacing = 3.0
  /// Share of a tissue, 0...255, from which a voxel counts as it.
  private static let leastShare: Float = 200

  /// Reads the tissue maps of the template's folder; throws a ``Problem`` where one is missing.
  init(folder: URL) throws {
    let files = TemplateFiles(folder: folder)
    let (grey, white) = (try files.read(.greyMatter), try files.read(.whiteMatter))
    grid = grey.geometry.isotropic(spacing: Self.spacing, around: grey.geometry.box)
    isGrey = try Resample.alongAxes(grey, to: grid).voxels.map { $0 >= Self.leastShare }
    isWhite = try Resample.alongAxes(white, to: grid).voxels.map { $0 >= Self.leastShare }
  }

  /// Median brightness of grey over that of white matter; nil where the scan shows too little of one.
  func greyToWhite(_ scan: Volume, brain: Mask, toTemplate: Affine) throws -> Double? {
    let placed = scan.geometry.moved(by: toTemplate)
    let values = try Resample.averaged(Volume(geometry: placed, voxels: scan.voxels), to: grid).voxels
    let inside = try Resample.nearest(Mask(geometry: placed, voxels: brain.voxels), to: grid).voxels
    func median(_ isTissue: [Bool]) -> Double? {
      let found = values.indices.filter { isTissue[$0] && inside[$0] != 0 }.map { values[$0] }
      return found.count < 100 ? nil : Double(RobustStatistics.medianAndDeviation(of: found).median)
    }
    guard let grey = median(isGrey), let white = median(isWhite), white > 0 else { return nil }
    return grey / white
  }
}
