extension SyntheticSlice {
  /// Returns the slice with `factor` x `factor` pixels for each of its own: intensities are interpolated linearly between
  /// pixels of the brain; brain, lesion and tissues are repeated.
  func enlarged(by factor: Int) -> SyntheticSlice {
    guard factor > 1 else { return self }
    let plane = gridSize * gridSize
    func planes(_ values: [Float], _ enlarge: (Range<Int>) -> [Float]) -> [Float] {
      stride(from: 0, to: values.count, by: plane).flatMap { enlarge($0..<$0 + plane) }
    }
    return SyntheticSlice(
      gridSize: gridSize * factor,
      image: interpolated(image[...], brain: brain[...], by: factor),
      adjacent: planes(adjacent) { interpolated(adjacent[$0], brain: adjacentBrain[$0], by: factor) },
      brain: repeated(brain[...], by: factor),
      adjacentBrain: planes(adjacentBrain) { repeated(adjacentBrain[$0], by: factor) },
      lesion: repeated(lesion[...], by: factor), tissues: repeated(tissues[...], by: factor),
      lesions: lesions, z: z, anatomy: anatomy)
  }

  private func repeated<Value>(_ values: ArraySlice<Value>, by factor: Int) -> [Value] {
    let size = gridSize * factor
    return (0..<size * size).map {
      values[values.startIndex + $0 / size / factor * gridSize + $0 % size / factor]
    }
  }

  private func interpolated(
    _ values: ArraySlice<Float>, brain: ArraySlice<Float>, by factor: Int
  ) -> [Float] {
    // The pixel that contains each new pixel, its nearest neighbour and the neighbour's weight.
    let places = (0..<gridSize * factor).map { place in
      let offset = (Float(place % factor) + 0.5) / Float(factor) - 0.5, own = place / factor
      let next = min(max(own + (offset < 0 ? -1 : 1), 0), gridSize - 1)
      return (own: own, next: next, weight: abs(offset))
    }
    return places.flatMap { y in
      places.map { x in
        var sum: Float = 0, share: Float = 0
        for (row, rowWeight) in [(y.own, 1 - y.weight), (y.next, y.weight)] {
          for (column, columnWeight) in [(x.own, 1 - x.weight), (x.next, x.weight)] {
            let i = row * gridSize + column
            let weight = rowWeight * columnWeight * brain[brain.startIndex + i]
            sum += weight * values[values.startIndex + i]
            share += weight
          }
        }
        return brain[brain.startIndex + y.own * gridSize + x.own] > 0 ? sum / share : 0
      }
    }
  }
}
