import Volumes

/// A phantom with a dark background, an asymmetric head and a brighter brain, both ellipsoids.
enum TestHead {
  /// RAS+, 4 x 5 x 6 mm.
  static let geometry = Geometry(
    shape: [46, 44, 34],
    affine: Affine(
      i: SIMD3(4, 0, 0), j: SIMD3(0, 5, 0), k: SIMD3(0, 0, 6), origin: SIMD3(-88, -120, -96)))

  /// Returns a scan: background 4, head 120, brain 200, a spot of 400 in the left anterior inferior head.
  static func scan(geometry: Geometry = geometry) -> Volume {
    volume(geometry) { place in
      if distance(place, from: SIMD3(-40, 35, -50), radii: SIMD3(12, 12, 12)) < 1 { return 400 }
      if isBrain(place) { return 200 }
      return distance(place, from: SIMD3(0, -12, 0), radii: SIMD3(76, 92, 88)) < 1 ? 120 : 4
    }
  }

  static func isBrain(_ place: SIMD3<Double>) -> Bool {
    distance(place, from: SIMD3(5, -15, 20), radii: SIMD3(62, 74, 58)) < 1
  }

  /// Returns logits of brain by intensity, in place of the network.
  static func logits(_ head: Volume) -> [Float] { head.voxels.map { $0 - 0.8 } }

  private static func distance(
    _ place: SIMD3<Double>, from centre: SIMD3<Double>, radii: SIMD3<Double>
  ) -> Double {
    let offset = (place - centre) / radii
    return (offset * offset).sum()
  }

  private static func volume(_ geometry: Geometry, _ value: (SIMD3<Double>) -> Float) -> Volume {
    let (width, height) = (geometry.shape[0], geometry.shape[1])
    let voxels = (0..<geometry.voxelCount).map { index in
      let voxel = SIMD3(index % width, index / width % height, index / (width * height))
      return value(geometry.world(ofVoxel: SIMD3<Double>(voxel)))
    }
    return Volume(geometry: geometry, voxels: voxels)
  }
}

extension Mask {
  /// Returns the Dice overlap.
  func dice(_ other: Mask) -> Double {
    let common = zip(voxels, other.voxels).reduce(0) { $0 + ($1.0 != 0 && $1.1 != 0 ? 1 : 0) }
    return 2 * Double(common) / Double(max(1, count + other.count))
  }
}
