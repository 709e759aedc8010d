import Dispatch

/// The median over a window in a stack of images that are stored row by row; outside the stack the values are
/// zero.
///
/// The columns of a window (all its rows and images at one x) are sorted once for all windows that share
/// them; a selection network then finds the median of the sorted columns, for sixteen pixels at once.
package struct MedianFilter: Sendable {
  private let size, depth: Int
  private let column: (network: SelectionNetwork, order: [Int])
  private let window: (network: SelectionNetwork, median: Int)

  /// Uses a window of `size` x `size` pixels and `depth` images, both odd; 1 and 1 change nothing.
  package init(size: Int, depth: Int = 1) {
    precondition(size % 2 == 1 && depth % 2 == 1)
    (self.size, self.depth) = (size, depth)
    column = SelectionNetwork.sorting(size * depth)
    window = SelectionNetwork.median(
      ofSorted: (0..<size).map { offset in (0..<size * depth).map { offset * size * depth + $0 } })
  }

  /// Filters `images`, a stack of height x width images.
  package func filter(_ images: [Float], height: Int, width: Int) -> [Float] {
    guard size > 1 || depth > 1, !images.isEmpty else { return images }
    precondition(images.count.isMultiple(of: height * width))
    let padded = PaddedStack(images, height: height, width: width, reach: size / 2, depthReach: depth / 2)
    return [Float](unsafeUninitializedCapacity: images.count) { output, count in
      let target = Output(pointer: output)
      DispatchQueue.concurrentPerform(iterations: images.count / (height * width)) { image in
        filter(padded, image: image, into: target)
      }
      count = images.count
    }
  }

  private struct Output: @unchecked Sendable { let pointer: UnsafeMutableBufferPointer<Float> }
  private typealias Lanes = SIMD16<Float>
  private static let lanes = Lanes.scalarCount

  private func filter(_ padded: PaddedStack, image: Int, into output: Output) {
    let rank = size * depth, stride = padded.stride
    // The sorted columns of one row, rank by rank, with a value for every x.
    var sorted = [Float](repeating: 0, count: rank * stride)
    padded.values.withUnsafeBytes { source in
      sorted.withUnsafeMutableBytes { sorted in
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size * rank) { wires in
          for row in 0..<padded.height {
            for x in Swift.stride(from: 0, to: stride, by: Self.lanes) {
              for index in 0..<rank {
                let start = padded.offset(image: image + index / size, row: row + index % size) + x
                wires[index] = source.loadUnaligned(fromByteOffset: start * 4, as: Lanes.self)
              }
              run(column.network, on: wires)
              for (index, wire) in column.order.enumerated() {
                sorted.storeBytes(of: wires[wire], toByteOffset: (index * stride + x) * 4, as: Lanes.self)
              }
            }
            for x in Swift.stride(from: 0, to: padded.width, by: Self.lanes) {
              for offset in 0..<size {
                for index in 0..<rank {
                  wires[offset * rank + index] = sorted.loadUnaligned(
                    fromByteOffset: (index * stride + x + offset) * 4, as: Lanes.self)
                }
              }
              run(window.network, on: wires)
              let median = wires[window.median]
              let target = (image * padded.height + row) * padded.width + x
              for lane in 0..<min(Self.lanes, padded.width - x) {
                output.pointer[target + lane] = median[lane]
              }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func run(_ network: SelectionNetwork, on wires: UnsafeMutableBufferPointer<Lanes>) {
    for exchange in network.exchanges {
      let (a, b) = (wires[exchange.low], wires[exchange.high])
      wires[exchange.low] = a.replacing(with: b, where: b .< a)
      wires[exchange.high] = b.replacing(with: a, where: b .< a)
    }
  }

  /// The images with a border of zeros, wide enough for whole vectors.
  private struct PaddedStack: Sendable {
    let height, width, stride: Int
    private let paddedHeight: Int
    private(set) var values: [Float]

    init(_ images: [Float], height: Int, width: Int, reach: Int, depthReach: Int) {
      (self.height, self.width) = (height, width)
      let count = images.count / (height * width)
      func wholeVectors(_ count: Int) -> Int {
        (count + MedianFilter.lanes - 1) / MedianFilter.lanes * MedianFilter.lanes
      }
      stride = wholeVectors(wholeVectors(width) + 2 * reach)
      paddedHeight = height + 2 * reach
      values = [Float](repeating: 0, count: (count + 2 * depthReach) * paddedHeight * stride)
      for row in 0..<count * height {
        let start = offset(image: row / height + depthReach, row: row % height + reach) + reach
        values.replaceSubrange(
          start..<start + width, with: images[row * width..<(row + 1) * width])
      }
    }

    /// The index of the first value of a row of the padded stack.
    func offset(image: Int, row: Int) -> Int { (image * paddedHeight + row) * stride }
  }
}
