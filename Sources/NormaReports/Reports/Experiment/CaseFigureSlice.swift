import Volumes

/// The axial slice of a case with the largest drawn lesion, cut to the scan.
struct CaseFigureSlice {
  private let image, map: ImageSlice
  private let lesion, predicted: [UInt8]
  private let z: Double?

  /// The largest side in pixels; larger slices are subsampled.
  private static let largest = 256
  private static let margin = 4

  /// The figure of a scan, its map and two masks, all of one shape.
  init(image: Volume, map: Volume, lesion: Mask, predicted: Mask) {
    let axes = Orientation(of: image.geometry)
    let image = axes.apply(image), map = axes.apply(map)
    let lesion = axes.apply(lesion), predicted = axes.apply(predicted)
    let index = Self.fullest(lesion) ?? Self.fullest(predicted) ?? image.shape[2] / 2
    let middle = SIMD3(Double(image.shape[0] - 1) / 2, Double(image.shape[1] - 1) / 2, Double(index))
    z = image.shape[2] > 1 ? image.geometry.world(ofVoxel: middle).z : nil
    let crop = Crop(image, slice: index, margin: Self.margin, largest: Self.largest)
    self.image = crop.cut(image)
    self.map = crop.cut(map)
    self.lesion = crop.cut(lesion)
    self.predicted = crop.cut(predicted)
  }

  /// The template z of the slice, if the scan has one.
  var zText: String { z.map { ", z = \(format($0.rounded())) mm" } ?? "" }

  func panels(threshold: Float) throws -> [MontagePanel] {
    let intensity = image.values.filter { $0 != 0 && $0.isFinite }.sorted()
    let white = intensity.isEmpty ? 1 : intensity[Int(0.995 * Double(intensity.count - 1))]
    let window = min(intensity.first ?? 0, 0)...max(white, .leastNormalMagnitude)
    let highest = max(map.values.max() ?? 0, threshold * 2, .leastNormalMagnitude)
    let factor = max(image.width, image.height) <= Self.largest * 3 / 4 ? 2 : 1
    return try [
      .grey(image, window: window, caption: "scan"),
      .heat(map, window: 0...highest, caption: "anomaly map"),
      .outlined(
        image.enlarged(by: factor), window: window, mask: image.enlarged(predicted, by: factor),
        second: image.enlarged(lesion, by: factor), thickness: factor,
        caption: "yellow: predicted at FPR 1 %; blue, dashed: drawn by the expert"),
    ]
  }

  /// The slice with the most voxels; nil for an empty mask.
  private static func fullest(_ mask: Mask) -> Int? {
    let area = mask.shape[0] * mask.shape[1]
    let counts = (0..<mask.shape[2]).map { slice in
      mask.voxels[slice * area..<(slice + 1) * area].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    }
    guard let most = counts.max(), most > 0 else { return nil }
    return counts.firstIndex(of: most)
  }
}

/// The part of a slice that is not background, every `step`-th pixel of it.
private struct Crop {
  private let columns, rows: [Int]
  private let slice: Int
  private let aspect: Double

  init(_ image: Volume, slice: Int, margin: Int, largest: Int) {
    let (width, height) = (image.shape[0], image.shape[1])
    var (left, right, back, front) = (width, -1, height, -1)
    for y in 0..<height {
      for x in 0..<width where image.voxels[(slice * height + y) * width + x] != 0 {
        (left, right, back, front) = (min(left, x), max(right, x), min(back, y), max(front, y))
      }
    }
    if right < 0 { (left, right, back, front) = (0, width - 1, 0, height - 1) }
    let x = max(left - margin, 0)...min(right + margin, width - 1)
    let y = max(back - margin, 0)...min(front + margin, height - 1)
    let step = (max(x.count, y.count) + largest - 1) / largest
    columns = Array(stride(from: x.lowerBound, through: x.upperBound, by: step))
    rows = Array(stride(from: y.lowerBound, through: y.upperBound, by: step))
    self.slice = slice
    aspect = image.geometry.spacing.y / image.geometry.spacing.x
  }

  func cut(_ grid: Volume) -> ImageSlice {
    ImageSlice(width: columns.count, height: rows.count, values: pixels(grid), aspect: aspect)
  }

  func cut(_ mask: Mask) -> [UInt8] { pixels(mask) }

  private func pixels<Element>(_ grid: Grid<Element>) -> [Element] {
    rows.flatMap { y in columns.map { grid.voxels[(slice * grid.shape[1] + y) * grid.shape[0] + $0] } }
  }
}

extension ImageSlice {
  /// The slice enlarged by linear interpolation, so that outlines are thin.
  fileprivate func enlarged(by factor: Int) -> ImageSlice {
    guard factor > 1 else { return self }
    /// The pixels before and after a position on the finer grid, and the weight of the latter.
    func neighbours(_ index: Int, _ count: Int) -> (Int, Int, Float) {
      let position = (Float(index) + 0.5) / Float(factor) - 0.5, before = Int(position.rounded(.down))
      return (max(before, 0), min(before + 1, count - 1), position - Float(before))
    }
    let columns = (0..<width * factor).map { neighbours($0, width) }
    let finer = (0..<height * factor).flatMap { row in
      let (back, front, weight) = neighbours(row, height)
      return columns.map { left, right, x in
        let near = values[back * width + left] * (1 - x) + values[back * width + right] * x
        let far = values[front * width + left] * (1 - x) + values[front * width + right] * x
        return near * (1 - weight) + far * weight
      }
    }
    return ImageSlice(width: width * factor, height: height * factor, values: finer, aspect: aspect)
  }

  /// A mask of the slice's size, enlarged.
  fileprivate func enlarged(_ mask: [UInt8], by factor: Int) -> [UInt8] {
    (0..<height * factor).flatMap { row in
      (0..<width * factor).map { mask[row / factor * width + $0 / factor] }
    }
  }
}
