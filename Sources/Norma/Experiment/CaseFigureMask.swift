package import Volumes

extension RunResult.CaseFigure {
  /// What is called in a map: above the threshold, without regions below `minimumSize` (mm³), as it was evaluated.
  package func predicted(_ map: Volume, minimumSize: Double) -> Mask {
    let exceeding = map.map { Double($0) > threshold ? UInt8(1) : 0 }
    guard minimumSize > 0 else { return exceeding }
    return exceeding.components(minimumVolume: minimumSize).mask
  }
}
