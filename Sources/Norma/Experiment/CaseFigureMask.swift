package import Volumes

extension RunResult.CaseFigure {
  /// The predicted voxels of a map, as they were evaluated: above the threshold, without regions below
  /// `minimumSize` mm³.
  package func predicted(_ map: Volume, minimumSize: Double) -> Mask {
    let exceeding = map.map { Double($0) > threshold ? UInt8(1) : 0 }
    guard minimumSize > 0 else { return exceeding }
    return exceeding.components(minimumVolume: minimumSize).mask
  }
}
