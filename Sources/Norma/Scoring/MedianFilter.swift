import Dispatch

/// Median over a square window of images stored row by row; beyond the border counts as zero.
///
/// Sixteen neighbouring pixels are filtered at once by forgetful selection: from half of the window plus one
/// values the extremes are dropped and the next value taken in, until the median is left.
struct MedianFilter {
  /// Side of the window in pixels, odd; 1 changes nothing.
  let size: Int

  /// Filters `images`, a stack of height x width images.
  func callAsFunction(_ images: [Float], height: Int, width: Int) -> [Float] {
    guard size > 1 else { return images }
    precondition(size % 2 == 1 && images.count.isMultiple(of: height * width))
    let area = height * width
    return [Float](unsafeUninitializedCapacity: images.count) { output, count in
      let target = Output(pointer: output)
      images.withUnsafeBufferPointer { source in
        let source = Input(pointer: source)
        DispatchQueue.concurrentPerform(iterations: images.count / area) { index in
          let start = index * area
          filter(
            UnsafeBufferPointer(rebasing: source.pointer[start..<start + area]),
            into: UnsafeMutableBufferPointer(rebasing: target.pointer[start..<start + area]), height: height,
            width: width)
        }
      }
      count = images.count
    }
  }

  private struct Input: @unchecked Sendable { let pointer: UnsafeBufferPointer<Float> }
  private struct Output: @unchecked Sendable { let pointer: UnsafeMutableBufferPointer<Float> }
  private typealias Lanes = SIMD16<Float>

  private func filter(
    _ image: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>, height: Int,
    width: Int
  ) {
    let reach = size / 2
    let lanes = Lanes.scalarCount
    let stride = (width + lanes - 1) / lanes * lanes + 2 * reach
    // A copy with a zero border, wide enough for whole vectors.
    var padded = [Float](repeating: 0, count: stride * (height + 2 * reach))
    for row in 0..<height {
      for column in 0..<width {
        padded[(row + reach) * stride + column + reach] = image[row * width + column]
      }
    }
    padded.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size * size / 2 + 2) { window in
        for row in 0..<height {
          for column in Swift.stride(from: 0, to: width, by: lanes) {
            let result = median(window) { index in
              let offset = (row + index / size) * stride + column + index % size
              return bytes.loadUnaligned(fromByteOffset: offset * MemoryLayout<Float>.stride, as: Lanes.self)
            }
            for lane in 0..<min(lanes, width - column) { output[row * width + column + lane] = result[lane] }
          }
        }
      }
    }
  }

  @inline(__always)
  private func median(_ window: UnsafeMutableBufferPointer<Lanes>, value: (Int) -> Lanes) -> Lanes {
    let total = size * size
    var held = total / 2 + 2
    for index in 0..<held { window[index] = value(index) }
    var next = held
    while true {
      // The smallest goes first, the largest last; neither can be the median of all.
      for index in 1..<held { exchange(window, 0, index) }
      for index in 1..<held - 1 { exchange(window, index, held - 1) }
      if held == 3 { return window[1] }
      held -= 1
      window[0] = value(next)
      next += 1
    }
  }

  @inline(__always)
  private func exchange(_ window: UnsafeMutableBufferPointer<Lanes>, _ low: Int, _ high: Int) {
    let (a, b) = (window[low], window[high])
    let isOrdered = a .<= b
    window[low] = b.replacing(with: a, where: isOrdered)
    window[high] = a.replacing(with: b, where: isOrdered)
  }
}
