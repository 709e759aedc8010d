package import Volumes

extension RunResult.CaseFigure {
  /// The predicted voxels of a map, as they were evaluated: above the threshold, without regions below
  /// `minimumSize` mm³.
  package func predicted(_ map: Volume, minimumSize: Double) -> Mask {
    RegionRule(extent: threshold, minimumVolume: minimumSize).regions(of: map).mask
  }
}
