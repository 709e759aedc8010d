import Base
import Volumes

/// Whether a mask can be a brain: its volume, and where it meets the end of the scan.
struct BrainPlausibility {
  /// mL, of adults with atrophy to large heads.
  static let volumes = 600.0...2300.0
  /// Less than this, in mL, is no brain even where the scan shows a part of it.
  static let leastVolume = 100.0
  /// A face of the scan cuts the brain when more than this of it is brain, in mm²: the stem alone has less.
  static let touchedArea = 1000.0

  /// mL.
  let volume: Double
  /// Faces of the scan that cut the brain, such as "inferior (3120 mm²)".
  let cuts: [String]

  /// Of a mask on RAS+ axes.
  init(of mask: Mask) {
    volume = Double(mask.count) * mask.geometry.voxelVolume / 1000
    let names = [("left", "right"), ("posterior", "anterior"), ("inferior", "superior")]
    cuts = (0..<3).flatMap { axis -> [String] in
      let area = mask.geometry.voxelVolume / mask.geometry.spacing[axis]
      return [(names[axis].0, 0), (names[axis].1, mask.shape[axis] - 1)].compactMap { name, layer in
        let touched = Double(mask.count(inLayer: layer, ofAxis: axis)) * area
        return touched > Self.touchedArea ? "\(name) (\(touched.formatted(fraction: 0)) mm²)" : nil
      }
    }
  }

  /// What the reader should know; throws a ``Problem`` for what cannot be a brain.
  func notes(name: String) throws -> [String] {
    let size = "\(volume.formatted(fraction: 0)) mL"
    let (least, most) = (Self.volumes.lowerBound, Self.volumes.upperBound)
    let range = "\(least.formatted(fraction: 0)) to \(most.formatted(fraction: 0)) mL"
    guard volume >= Self.leastVolume else {
      throw Problem(
        .badData, "no brain was found (\(size))", at: name,
        advice: "check that this is a FLAIR or T1-weighted scan of a head, and its header")
    }
    guard volume <= most, volume >= least || !cuts.isEmpty else {
      throw Problem(
        .badData, "what was found cannot be a brain: \(size), expected \(range)", at: name,
        advice: "check the voxel size in the header, look at the scan, or give a brain mask made otherwise")
    }
    var notes = ["Brain extraction: \(size)."]
    if volume < least {
      notes.append("The brain is smaller than \(range): the scan shows a part of it.")
    }
    if !cuts.isEmpty {
      notes.append("The scan ends inside the brain: \(cuts.joined(separator: ", ")). Look at the mask.")
    }
    return notes
  }
}
