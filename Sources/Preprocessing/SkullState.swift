import Base
package import Volumes

/// The presence of the skull in a scan.
public enum SkullState: String, Codable, Hashable, Sendable, CaseIterable {
  /// Determined from the scan.
  case auto
  /// The scan shows the head; the brain must be extracted.
  case present
  /// Every non-zero voxel is brain.
  case absent

  /// Detects the state: a stripped brain is surrounded by zeros, is smaller than a head, and has no dark
  /// skull below its surface.
  ///
  /// The largest axial areas of the heads examined were 252 to 289 cm², those of the brains 153 to 186 cm².
  package static func detected(in scan: Volume) -> SkullState {
    let isTissue = scan.map { $0 == 0 ? UInt8(0) : 1 }
    let zeros = 1 - Double(isTissue.count) / Double(isTissue.voxels.count)
    guard zeros >= minimumZeros else { return .present }
    let tissue = Orientation(of: scan.geometry).apply(isTissue).largestComponent()
    let volume = Double(tissue.count) * tissue.geometry.voxelVolume / 1000
    guard volume <= BrainPlausibility.volumes.upperBound else { return .present }
    let area = tissue.shape[0] * tissue.shape[1]
    let pixelArea = tissue.geometry.voxelVolume / tissue.geometry.spacing.z / 100
    let largest = (0..<tissue.shape[2]).map { slice in
      tissue.voxels[slice * area..<(slice + 1) * area].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    }.max()
    guard Double(largest ?? 0) * pixelArea <= maximumBrainArea else { return .present }
    return showsSkull(Orientation(of: scan.geometry).apply(scan), tissue.fillingHoles()) ? .present : .absent
  }

  /// Returns true if a layer below the surface is much darker than the layers outside it or the core.
  private static func showsSkull(_ scan: Volume, _ tissue: Mask) -> Bool {
    var outer = tissue
    var layers = [Float]()
    for depth in layerDepths {
      let inner = tissue.eroded(inPlaneBy: depth)
      guard let value = median(of: scan, in: outer, without: inner) else { break }
      layers.append(value)
      outer = inner
    }
    guard let core = median(of: scan, in: outer, without: nil), core > 0, layers.count > 2 else {
      return false
    }
    // The outermost layer has partial volume of the air.
    let inside = layers.dropFirst()
    return inside.indices.contains { index in
      let outside = layers[..<index].max() ?? 0
      return layers[index] < minimumCortex * core
        || layers[index] < core && layers[index] < minimumFall * outside
    }
  }

  private static func median(of scan: Volume, in mask: Mask, without inner: Mask?) -> Float? {
    let values = scan.voxels.indices.lazy
      .filter { mask.voxels[$0] != 0 && inner?.voxels[$0] != 1 }.map { scan.voxels[$0] }
    return values.isEmpty ? nil : RobustStatistics.medianAndDeviation(of: Array(values)).median
  }

  /// The depths in mm, in the axial plane, that divide the layers below the surface.
  private static let layerDepths = [4.0, 7, 10, 13, 16]
  /// The minimum intensity of a layer of a brain over that of its core. The darkest layers of 25 brains were
  /// at 0.61 (T1-weighted) to 1.09, those of 13 FLAIR heads at 0.29 to 0.77.
  private static let minimumCortex: Float = 0.55
  /// The minimum intensity of a layer of a brain that is darker than the core, over that of a layer outside
  /// it.
  private static let minimumFall: Float = 0.8
  /// The minimum fraction of zeros in a stripped scan, which may be cropped to the brain.
  private static let minimumZeros = 0.1
  /// The maximum area of a brain in an axial slice, in cm².
  private static let maximumBrainArea = 215.0
}
