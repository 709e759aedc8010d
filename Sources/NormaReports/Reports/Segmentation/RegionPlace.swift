import Foundation
import Norma
import Volumes

/// Where a region is, in words and in mm of the template and of the scanner.
struct RegionPlace {
  /// The side of the brain, the place or else the tissue of most voxels, and the lobe, such as "left, periventricular,
  /// frontal lobe"; empty if none is known.
  let name: String
  /// The centre in template mm; nil if the scan's place in the template is unknown.
  let template: String?
  /// The centre in scanner mm.
  let scanner: String

  init(of region: Lesion, toTemplate: Affine?) {
    let centre = toTemplate?.apply(region.centroid)
    let side = centre.map { Side(x: $0.x).rawValue }, location = region.location
    let lobe = location?.lobe.map { $0 == .insula ? $0.name : "\($0.name) lobe" }
    name = [side, location?.place?.rawValue ?? region.tissue, lobe].compactMap { $0 }.joined(separator: ", ")
    template = centre.map(Self.text)
    scanner = Self.text(region.centroid)
  }

  /// The coordinates with the names of their spaces.
  var coordinates: String {
    (template.map { "template \($0) mm, " } ?? "") + "scanner \(scanner) mm"
  }

  /// The coordinates by side, such as `L 40  A 1  S 45`.
  static func text(_ mm: SIMD3<Double>) -> String {
    (0..<3).map { text(mm[$0], axis: $0) }.joined(separator: "  ")
  }

  /// One coordinate by side, such as `L 40`.
  static func text(_ value: Double, axis: Int) -> String {
    let letters = [("R", "L"), ("A", "P"), ("S", "I")][axis]
    return "\(value < 0 ? letters.1 : letters.0) \(String(format: "%.0f", abs(value)))"
  }
}
