package import Cohort
package import Volumes

/// The grid of the template, onto which results of scans are resampled.
package struct TemplateGrid: Sendable {
  package let geometry: Geometry
  /// The spatial fields of its files: those of the template, in the code of MNI space.
  let header: NIfTIHeaderInfo?

  /// The documentation of the template, as `SpatialReference` of BIDS names it.
  static let reference = "http://www.bic.mni.mcgill.ca/ServicesAtlases/ICBM152NLin2009"
  private static let mniCode = 4

  /// The grid of a template.
  package init(of template: Template) {
    geometry = template.brain.geometry
    header = template.brain.header.map { header in
      var header = header
      header.sformCode = Self.mniCode
      if header.qformCode > 0 { header.qformCode = Self.mniCode }
      return header
    }
  }

  /// The mask by the nearest voxel: each voxel of the template has the value of the scan's voxel that
  /// contains it.
  func mask(_ mask: Mask, toTemplate: Affine) throws -> Mask {
    try Resample.nearest(mask.moved(by: toTemplate), to: geometry)
  }

  /// The map by linear interpolation between the voxels that were scored; NaN where the nearest voxel is NaN.
  func map(_ map: Volume, toTemplate: Affine) throws -> Volume {
    let moved = map.moved(by: toTemplate)
    var values = try Resample.linear(moved.map { $0.isNaN ? 0 : $0 }, to: geometry)
    guard map.voxels.contains(where: \.isNaN) else { return values }
    let shares = try Resample.linear(moved.map { $0.isNaN ? 0 : 1 }, to: geometry)
    let unscored = try Resample.nearest(moved.map { $0.isNaN ? UInt8(1) : 0 }, to: geometry)
    for index in values.voxels.indices where shares.voxels[index] > 0 {
      values.voxels[index] /= shares.voxels[index]
    }
    for index in values.voxels.indices where unscored.voxels[index] != 0 { values.voxels[index] = .nan }
    return values
  }
}
