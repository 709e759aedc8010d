import Base
import Volumes

/// The plausibility of a brain mask: its volume, and the faces of the scan that cut it.
struct BrainPlausibility {
  /// The plausible volumes in mL, from adults with atrophy to large heads.
  static let volumes = 600.0...2300.0
  /// The minimum volume in mL of a brain of which the scan shows only a part.
  static let minimumVolume = 100.0
  /// The brain area in mm² above which a face of the scan cuts the brain, not only the brainstem.
  static let touchedArea = 1000.0

  /// The volume in mL.
  let volume: Double
  /// The faces of the scan that cut the brain, such as "inferior (3120 mm²)".
  let cuts: [String]

  /// Measures a mask on RAS+ axes.
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

  /// Returns remarks for the report. Throws a ``Problem`` for an implausible mask.
  func notes(name: String) throws -> [String] {
    let size = "\(volume.formatted(fraction: 0)) mL"
    let (minimum, maximum) = (Self.volumes.lowerBound, Self.volumes.upperBound)
    let range = "\(minimum.formatted(fraction: 0)) to \(maximum.formatted(fraction: 0)) mL"
    guard volume >= Self.minimumVolume else {
      throw Problem(
        .badData, "no brain was found (\(size))", at: name,
        advice: "check that this is a FLAIR or T1-weighted scan of a head, and its header")
    }
    guard volume <= maximum, volume >= minimum || !cuts.isEmpty else {
      throw Problem(
        .badData, "the extracted mask is not a plausible brain: \(size), expected \(range)", at: name,
        advice: "check the voxel size in the header, inspect the scan, or give another brain mask")
    }
    var notes = ["Brain extraction: \(size)."]
    if volume < minimum {
      notes.append("The brain is smaller than \(range): the scan shows only a part of it.")
    }
    if !cuts.isEmpty {
      notes.append("The scan ends inside the brain: \(cuts.joined(separator: ", ")). Inspect the mask.")
    }
    return notes
  }
}
