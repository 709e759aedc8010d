import Volumes

extension Mask {
  /// Each axial slice without the pixels that lie within `distance` mm of a pixel outside the mask.
  /// The image border is no outside.
  func eroded(inPlaneBy distance: Double) -> Mask {
    guard distance > 0 else { return self }
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    let (dx, dy) = (geometry.spacing.x, geometry.spacing.y)
    let reach = Int(distance / dy)
    // For each row offset, how far (in pixels) an outside pixel in that row reaches along x.
    let reaches = (-reach...reach).map { row in
      Int((distance * distance - Double(row * row) * dy * dy).squareRoot() / dx)
    }
    var result = voxels
    for slice in 0..<depth {
      let start = slice * width * height
      for y in 0..<height {
        for x in 0..<width where voxels[start + y * width + x] == 0 {
          for row in max(0, y - reach)...min(height - 1, y + reach) {
            let span = reaches[row - y + reach]
            for column in max(0, x - span)...min(width - 1, x + span) { result[start + row * width + column] = 0 }
          }
        }
      }
    }
    return Mask(geometry: geometry, voxels: result, header: header)
  }
}
