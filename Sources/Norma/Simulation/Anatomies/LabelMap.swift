import Base
import Volumes

/// A map of FreeSurfer's labels, as the region of every voxel around the brain.
struct LabelMap {
  /// The position in ``LabelRegion/all`` plus 1; 0 outside the brain.
  let regions: Grid<UInt8>

  /// The distance in mm from grey and white matter beyond which fluid is outside the brain.
  private static let fluidMargin = 3.0
  /// The part of the non-zero voxels that four labels of the cerebrum have in a label map, if it is one.
  private static let cerebralShare = 0.2

  /// Returns nil for an image.
  ///
  /// - Throws: A ``Problem`` for a label map with unknown labels or without a tissue.
  init?(_ volume: Volume, name: String) throws {
    let labels = Labels(volume)
    guard let labels else { return nil }
    if let unknown = labels.unknown.first {
      // Whole numbers alone do not make a label map.
      guard labels.cerebralShare >= Self.cerebralShare else { return nil }
      throw Problem(
        .badData, "the label map has the label \(unknown), which is not one of FreeSurfer's tissue labels",
        at: name, advice: "give labels of FreeSurfer's aseg or of SynthSeg; 500 to 530 are outside the brain")
    }
    var table = [UInt8](repeating: 0, count: (labels.counts.keys.max() ?? 0) + 1)
    for (index, region) in LabelRegion.all.enumerated() {
      for label in region.labels where label < table.count { table[label] = UInt8(index + 1) }
    }
    let whole = volume.map { table[Int($0)] }
    for matter in [Matter.grey, .white] {
      guard whole.voxels.contains(where: { $0 > 0 && LabelRegion.all[Int($0) - 1].matter == matter }) else {
        throw Problem(
          .badData, "the label map has no \(matter) matter", at: name,
          advice: "give a map with FreeSurfer's labels, such as 2, 3, 41 and 42 for the cerebrum")
      }
    }
    let solid = whole.map { $0 > 0 && LabelRegion.all[Int($0) - 1].matter != .fluid ? UInt8(1) : 0 }
    let steps = Int((Self.fluidMargin / volume.geometry.spacing.min()).rounded(.up))
    let box = whole.widened(solid.box ?? whole.geometry.box, by: steps)
    let near = solid.cropped(to: box).grown(by: Self.fluidMargin)
    var regions = whole.cropped(to: box)
    for (index, isNear) in near.voxels.enumerated() where isNear == 0 {
      let region = Int(regions.voxels[index])
      if region > 0, LabelRegion.all[region - 1].tissue == .fluid { regions.voxels[index] = 0 }
    }
    self.regions = regions
  }

  /// The brain.
  var mask: Mask { regions.map { $0 == 0 ? 0 : 1 } }

  /// An image with the order of a T1-weighted scan's intensities, for registration.
  var image: Volume {
    let intensities: [Matter: Float] = [.grey: 0.62, .white: 0.9, .fluid: 0.3]
    let table = [0] + LabelRegion.all.map { intensities[$0.matter] ?? 0 }
    return regions.map { table[Int($0)] }
  }

  /// The labels of a volume and their numbers of voxels.
  private struct Labels {
    private(set) var counts = [Int: Int]()

    /// Returns nil unless all values are whole numbers from 0 to 65535.
    init?(_ volume: Volume) {
      // Neighbours along x mostly have the same label.
      var (label, count) = (Float(0), 0)
      for value in volume.voxels {
        if value == label {
          count += 1
          continue
        }
        guard value >= 0, value <= 65535, value.rounded() == value else { return nil }
        counts[Int(label), default: 0] += count
        (label, count) = (value, 1)
      }
      counts[Int(label), default: 0] += count
    }

    /// The labels that are in no table, in ascending order.
    var unknown: [Int] {
      let known = Set(LabelRegion.all.flatMap(\.labels) + LabelRegion.outside)
      return counts.keys.filter { !known.contains($0) }.sorted()
    }

    var cerebralShare: Double {
      let inside = counts.filter { !LabelRegion.outside.contains($0.key) }.values.reduce(0, +)
      return Double([2, 3, 41, 42].reduce(0) { $0 + (counts[$1] ?? 0) }) / Double(max(inside, 1))
    }
  }
}
