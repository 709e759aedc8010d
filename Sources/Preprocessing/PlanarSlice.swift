import Base
import Volumes

/// A slice without a header, such as a PNG file: its rows run from anterior to posterior, its pixels are
/// 1 mm, and its background is 0.
struct PlanarSlice {
  /// The slice with a background of 0.
  private(set) var image: Volume
  /// Sentences on what does not look like such a slice.
  private(set) var notes = [String]()

  /// Checks a slice at a z in mm, if that is known; with a brain mask its background does not matter.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if no background can be found.
  init(_ slice: Volume, brain: Mask?, z: Double? = nil, name: String) throws {
    image = slice
    if brain == nil { try clearBackground(name: name) }
    let brain = (brain ?? image.map { $0 == 0 ? 0 : 1 }).largestComponent()
    guard let box = brain.box else { return }
    checkSize(box)
    if z.map({ $0 >= 0 }) ?? true { checkPose(of: brain.cropped(to: box)) }
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
    // A slice of one level has no background.
    guard outside.count < outside.voxels.count else { return }
    image = Volume(
      geometry: image.geometry, voxels: zip(image.voxels, outside.voxels).map { $1 == 0 ? $0 : 0 },
      header: image.header)
    let found = level <= Self.noise * highest ? "up to \(Int(level))" : "\(Int(common))"
    notes.append("The background of the slice has values of \(found); it was set to 0.")
  }

  private mutating func checkSize(_ box: [Range<Int>]) {
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

  /// Compares the front half of a brain with its back half: brains are wider at the back.
  private mutating func checkPose(of brain: Mask) {
    let length = brain.shape[1], bands = 2 * Self.asymmetry.count
    guard length >= bands else { return }
    let widths = (0..<bands).map { band in
      let rows = band * length / bands..<(band + 1) * length / bands
      let count = rows.reduce(0) { sum, y in
        sum + (0..<brain.shape[0]).count { brain[$0, y, 0] != 0 }
      }
      return Double(count) / Double(rows.count * brain.shape[0])
    }
    let found = Self.asymmetry.indices.map { widths[$0] - widths[bands - 1 - $0] }
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let size = product(found, found).squareRoot()
    let expected = product(Self.asymmetry, Self.asymmetry).squareRoot()
    guard size >= Self.smallestAsymmetry,
      product(found, Self.asymmetry) < Self.lowestCorrelation * size * expected
    else { return }
    notes.append(
      "The brain in the slice has the shape of one whose front is at the bottom: it may be upside down. The "
        + "rows of a slice run from anterior to posterior.")
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
  /// The widths of a brain in eight bands from its front to its middle, less those of the bands behind, as
  /// fractions of its width: the mean of 1,004 axial slices at z = 18 mm.
  private static let asymmetry = [0.035, 0.023, -0.007, -0.028, -0.045, -0.055, -0.043, -0.012]
  /// The lowest correlation with it; that of these slices was -0.06, of nine other brains above z = 0 mm
  /// -0.12.
  private static let lowestCorrelation = -0.3
  /// The asymmetry below which a shape says nothing.
  private static let smallestAsymmetry = 0.04
}
