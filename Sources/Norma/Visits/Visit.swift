import Preprocessing
public import Volumes

/// One of two visits of a person: a segmented scan, all on its own grid.
public struct Visit: Sendable {
  /// The scan, without its bias field.
  public let scan: Volume
  /// The brain that was scored.
  public let brain: Mask
  /// The anomaly map, not finite where brain was not scored.
  public let map: Volume
  /// The extent of the rule of its regions: voxels with a higher score may belong to one.
  public let extent: Float
  /// The regions of the mask, numbered.
  public let labels: Labels
  /// The most probable tissues, values of ``TissueLabel``.
  public let tissues: Grid<UInt8>

  /// Creates a visit; all grids must have the geometry of the scan.
  public init(
    scan: Volume, brain: Mask, map: Volume, extent: Float, labels: Labels, tissues: Grid<UInt8>
  ) {
    (self.scan, self.brain, self.map, self.extent) = (scan, brain, map, extent)
    (self.labels, self.tissues) = (labels, tissues)
  }

  /// The visit on another grid after a map of its world mm.
  func moved(by affine: Affine, to grid: Geometry) throws -> Visit {
    Visit(
      scan: try Resample.linear(scan.moved(by: affine), to: grid),
      brain: try Resample.nearest(brain.moved(by: affine), to: grid),
      map: try Resample.linear(map.map { $0.isFinite ? $0 : 0 }.moved(by: affine), to: grid),
      extent: extent, labels: try Resample.nearest(labels.moved(by: affine), to: grid),
      tissues: try Resample.nearest(tissues.moved(by: affine), to: grid))
  }
}
