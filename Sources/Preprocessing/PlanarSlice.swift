import Base
import Volumes

/// A slice without a header, such as a PNG file: its rows run from anterior to posterior, its pixels are
/// 1 mm, and its background is 0.
struct PlanarSlice {
  /// The slice with a background of 0.
  private(set) var image: Volume
  /// Sentences on what does not look like such a slice.
  private(set) var notes = [String]()

  /// Checks a slice; with a brain mask its background does not matter.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if no background can be found.
  init(_ slice: Volume, brain: Mask?, name: String) throws {
    image = slice
    if brain == nil { try clearBackground(name: name) }
    checkSize(of: brain ?? image.map { $0 == 0 ? 0 : 1 })
  }

  /// Sets a background to 0 that is one level or faint noise along the border.
  private mutating func clearBackground(name: String) throws {
    let border = border
    var values = border.map { image.voxels[$0] }
    let highest = image.voxels.max() ?? 0, level = RobustStatistics.quantile(0.98, of: &values)
    let common = RobustStatistics.quantile(0.5, of: &values)
    guard level != 0, !Self.isMostly(0, values) || level <= Self.noise * highest else { return }
    let isBackground: (Float) -> Bool
    if level <= Self.noise * highest {
      isBackground = { $0 <= level }
    } else if Self.isMostly(common, values) {
      isBackground = { $0 == common }
    } else if values.contains(0) {
      // Tissue that reaches the border.
      return
    } else {
      throw Problem(
        .badData, "the slice has no background: no pixel at its border is 0", at: name,
        advice: "set the pixels outside the brain to 0, or give a brain mask")
    }
    let outside = image.map { isBackground($0) ? UInt8(1) : 0 }.connected(to: border)
    image = Volume(
      geometry: image.geometry, voxels: zip(image.voxels, outside.voxels).map { $1 == 0 ? $0 : 0 },
      header: image.header)
    let found = level <= Self.noise * highest ? "up to \(Int(level))" : "\(Int(common))"
    notes.append("The background of the slice has values of \(found); it was set to 0.")
  }

  private mutating func checkSize(of brain: Mask) {
    guard let box = brain.largestComponent().box else { return }
    let (width, length) = (box[0].count, box[1].count)
    if !Self.lengths.contains(max(width, length)) {
      notes.append(
        "The brain in the slice is \(width) x \(length) pixels, which are taken as mm: resample the slice to "
          + "1 mm per pixel if this is not its size.")
    }
    if Double(width) > Self.maximumRatio * Double(length) {
      notes.append(
        "The brain in the slice is wider than long (\(width) x \(length) pixels): it may be turned. The rows "
          + "of a slice run from anterior to posterior.")
    }
  }

  /// The indices of the pixels at the border.
  private var border: [Int] {
    let (width, height) = (image.shape[0], image.shape[1])
    return image.voxels.indices.filter { index in
      let (x, y) = (index % width, index / width)
      return x == 0 || y == 0 || x == width - 1 || y == height - 1
    }
  }

  private static func isMostly(_ value: Float, _ values: [Float]) -> Bool {
    Double(values.count { $0 == value }) >= 0.9 * Double(values.count)
  }

  /// The highest noise of a background, as a fraction of the highest value.
  private static let noise: Float = 0.05
  /// The lengths of brains in an axial slice, in mm.
  private static let lengths = 100...220
  /// The maximum of width to length; of 1,004 axial slices of brains the largest was 0.95.
  private static let maximumRatio = 1.05
}
