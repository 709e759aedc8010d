extension Mask {
  /// The mask without the pixels that are within `distance` mm of an unset pixel of the same axial slice.
  /// The border of the image does not erode.
  package func eroded(inPlaneBy distance: Double) -> Mask {
    guard distance > 0 else { return self }
    let (width, height) = (shape[0], shape[1])
    let (dx, dy) = (geometry.spacing.x, geometry.spacing.y)
    let reach = Int(distance / dy)
    // The distance in pixels along x that an unset pixel erodes, for each row offset.
    let spans = (-reach...reach).map { row in
      Int(max(0, distance * distance - Double(row * row) * dy * dy).squareRoot() / dx)
    }
    let result = [UInt8](unsafeUninitializedCapacity: voxels.count) { eroded, count in
      voxels.withUnsafeBufferPointer { mask in
        _ = eroded.initialize(from: mask)
        for y in 0..<voxels.count / max(width, 1) {
          // The rows of this slice.
          let (first, last) = (y - y % height, y - y % height + height - 1)
          for x in 0..<width where mask[y * width + x] == 0 {
            // The unset pixel nearest to a set one has a set neighbour along an axis.
            let isRim =
              x > 0 && mask[y * width + x - 1] != 0 || x < width - 1 && mask[y * width + x + 1] != 0
              || y > first && mask[(y - 1) * width + x] != 0 || y < last && mask[(y + 1) * width + x] != 0
            guard isRim else { continue }
            for row in max(first, y - reach)...min(last, y + reach) {
              let span = spans[row - y + reach]
              for column in max(0, x - span)...min(width - 1, x + span) { eroded[row * width + column] = 0 }
            }
          }
        }
      }
      count = voxels.count
    }
    return Mask(geometry: geometry, voxels: result, header: header)
  }
}
