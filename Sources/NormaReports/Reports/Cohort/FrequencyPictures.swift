import Base
package import Cohort
package import Norma
import Volumes

/// The pictures of lesion frequency maps over the template.
package struct FrequencyPictures {
  private let template: Template
  private let frequencies: [LesionFrequency]

  /// The levels of the pictures in template mm.
  private static let levels = Array(stride(from: -40.0, through: 70, by: 10))

  /// Pictures of maps on the grid of the template.
  package init(of frequencies: [LesionFrequency], over template: Template) {
    (self.frequencies, self.template) = (frequencies, template)
  }

  /// One montage per map, all on the same scale.
  ///
  /// - Throws: `VolumeError` if encoding fails.
  package func montages(labels: [String]) throws -> [Montage] {
    let highest =
      100 * max(frequencies.map { $0.map.voxels.lazy.filter(\.isFinite).max() ?? 0 }.max() ?? 0, 0.01)
    return try zip(frequencies, labels).map { frequency, label in
      let facts = frequency.facts, group = facts.group.map { "Group \($0)" } ?? "All"
      let people = facts.participants == 1 ? "participant" : "participants"
      return Montage(
        "frequency\(label)",
        caption:
          "\(group), \(facts.participants) \(people): share of them in whom a voxel is in a region, over the "
          + "template, from 0 % (dark) to \(format(Double(highest))) % (pale). Positions are in template mm",
        panels: try levels.map { try panel(frequency.map, at: $0, highest: highest) }, isMosaic: true)
    }
  }

  /// The levels that the template has.
  private var levels: [Double] {
    let geometry = template.brain.geometry
    return Self.levels.filter { (0..<Double(geometry.shape[2])).contains($0 - geometry.affine.origin.z) }
  }

  private func panel(_ map: Volume, at level: Double, highest: Float) throws -> MontagePanel {
    let (low, high) = template.mask.worldBounds, geometry = template.brain.geometry
    let first = SIMD3<Int>((low - geometry.affine.origin).rounded(.down))
    let last = SIMD3<Int>((high - geometry.affine.origin).rounded(.up))
    let k = Int((level - geometry.affine.origin.z).rounded())
    let width = last.x - first.x, height = last.y - first.y
    let indices = (0..<height).flatMap { row in
      (0..<width).map { first.x + $0 + geometry.shape[0] * (first.y + row + geometry.shape[1] * k) }
    }
    return try .overlaid(
      ImageSlice(width: width, height: height, values: indices.map { template.brain.voxels[$0] }),
      window: 0...255, map: indices.map { 100 * map.voxels[$0] }, scale: 0...highest,
      caption: RegionPlace.text(level, axis: 2))
  }
}
