package import Foundation
import Volumes

/// A picture of synthetic slices, each beside a copy with the outline of its lesions.
package enum SampleSheet {
  /// The inputs that are drawn black and white.
  private static let window: ClosedRange<Float> = 0.1...1

  /// Writes a PNG with `columns` pairs in each row; anterior is up.
  package static func write(samples: [SyntheticSlice], columns: Int = 4, to url: URL) throws {
    let side = samples.first?.gridSize ?? SyntheticSlice.side, rows = (samples.count + columns - 1) / columns
    let width = 2 * columns * side, height = max(rows, 1) * side
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for (number, sample) in samples.enumerated() {
      for y in 0..<side {
        for x in 0..<side {
          let i = y * side + x
          let level = (sample.image[i] - window.lowerBound) / (window.upperBound - window.lowerBound)
          let grey = UInt8(255 * min(max(level, 0), 1))
          let row = number / columns * side + side - 1 - y
          let column = number % columns * 2 * side + x
          for (start, isMarked) in [(column, false), (column + side, isOutline(sample.lesion, side, x, y))] {
            let first = (row * width + start) * 3
            for channel in 0..<3 { pixels[first + channel] = isMarked ? (channel == 0 ? 255 : 0) : grey }
          }
        }
      }
    }
    try PNGImage(width: width, height: height, rgb: pixels).write(to: url)
  }

  private static func isOutline(_ mask: [Float], _ side: Int, _ x: Int, _ y: Int) -> Bool {
    let i = y * side + x
    guard mask[i] > 0 else { return false }
    guard x > 0, y > 0, x < side - 1, y < side - 1 else { return true }
    return [i - 1, i + 1, i - side, i + side].contains { mask[$0] == 0 }
  }
}
