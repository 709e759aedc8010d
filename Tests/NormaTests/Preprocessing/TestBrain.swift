import Foundation
import Volumes

import Cohort

/// An asymmetric brain of ellipsoids in MNI152 space: folded cortex, white matter, ventricles and landmarks.
enum TestBrain {
  /// The intensities of the tissues.
  struct Contrast: Sendable {
    var grey: Double, white: Double, fluid: Double

    static let t1 = Contrast(grey: 70, white: 100, fluid: 25)
    static let flair = Contrast(grey: 130, white: 95, fluid: 20)
  }

  static let template = Template(brain: scan(.t1, geometry: grid(spacing: SIMD3(4, 4, 4))), digest: "phantom")

  /// Returns a grid around the brain.
  static func grid(spacing: SIMD3<Double>) -> Geometry {
    let low = SIMD3(-84.0, -118, -76), extent = SIMD3(168.0, 204, 172)
    let counts = (extent / spacing).rounded(.up)
    return Geometry(
      shape: [Int(counts.x), Int(counts.y), Int(counts.z)],
      affine: Affine(
        i: SIMD3(spacing.x, 0, 0), j: SIMD3(0, spacing.y, 0), k: SIMD3(0, 0, spacing.z), origin: low))
  }

  /// Returns the brain on a grid whose world mm `toTemplate` maps to the template; 0 outside the brain.
  static func scan(_ contrast: Contrast, geometry: Geometry, toTemplate: Affine = .identity) -> Volume {
    let toPlace = toTemplate.composed(with: geometry.affine)
    let (width, height) = (geometry.shape[0], geometry.shape[1])
    let voxels = (0..<geometry.voxelCount).map { index in
      let voxel = SIMD3(index % width, index / width % height, index / (width * height))
      return Float(intensity(at: toPlace.apply(SIMD3<Double>(voxel)), contrast))
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  static func mask(_ scan: Volume) -> Mask { scan.map { $0 > 0 ? 1 : 0 } }

  private static func intensity(at place: SIMD3<Double>, _ contrast: Contrast) -> Double {
    let depth = 1 - radius(place, SIMD3(0, -17, 8), SIMD3(68, 86, 72))
    guard depth > 0 else { return 0 }
    let fold = sin(place.x / 7 + 1) * sin(place.y / 8) * sin(place.z / 6.5 + 0.5)
    if depth < 0.25, fold > 0.6 { return contrast.fluid }
    let isVentricle = [-14.0, 14].contains { radius(place, SIMD3($0, -8, 20), SIMD3(9, 30, 14)) < 1 }
    if isVentricle || depth < 0.03 { return contrast.fluid }
    // A cleft on the anterior left, a nucleus on the right, a fissure between two lobes.
    if radius(place, SIMD3(-38, 20, 10), SIMD3(10, 16, 22)) < 1 { return contrast.fluid }
    if radius(place, SIMD3(26, -4, 2), SIMD3(12, 18, 12)) < 1 { return contrast.grey }
    if abs(place.x) < 3, place.z > 40 { return contrast.fluid }
    return depth < 0.2 + 0.15 * fold ? contrast.grey : contrast.white
  }

  private static func radius(_ place: SIMD3<Double>, _ centre: SIMD3<Double>, _ radii: SIMD3<Double>)
    -> Double
  {
    let offset = (place - centre) / radii
    return (offset * offset).sum().squareRoot()
  }
}

extension Affine {
  /// Returns a rotation (radians about x, y and z), scaling and shift about the centre of the test brain.
  static func placed(
    turn: SIMD3<Double> = .zero, scale: SIMD3<Double> = SIMD3(1, 1, 1), shift: SIMD3<Double> = .zero
  ) -> Affine {
    let (x, y, z) = (turn.x, turn.y, turn.z)
    let turns = [
      Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, cos(x), sin(x)), k: SIMD3(0, -sin(x), cos(x)), origin: .zero),
      Affine(i: SIMD3(cos(y), 0, -sin(y)), j: SIMD3(0, 1, 0), k: SIMD3(sin(y), 0, cos(y)), origin: .zero),
      Affine(i: SIMD3(cos(z), sin(z), 0), j: SIMD3(-sin(z), cos(z), 0), k: SIMD3(0, 0, 1), origin: .zero),
    ]
    let scaled = Affine(
      i: SIMD3(scale.x, 0, 0), j: SIMD3(0, scale.y, 0), k: SIMD3(0, 0, scale.z), origin: .zero)
    var placed = turns.reduce(scaled) { $1.composed(with: $0) }
    let middle = SIMD3(0.0, -17, 8)
    placed.origin = middle + shift - placed.apply(middle)
    return placed
  }

  /// Returns the mean distance in mm between the images of the corners of the box of a mask by two maps.
  func cornerDistance(to other: Affine, of mask: Mask) -> Double {
    guard let box = mask.box else { return .infinity }
    let distances = (0..<8).map { corner in
      let voxel = SIMD3<Double>(
        (0..<3).map { Double(corner >> $0 & 1 == 0 ? box[$0].lowerBound : box[$0].upperBound - 1) })
      let place = mask.geometry.world(ofVoxel: voxel)
      let offset = apply(place) - other.apply(place)
      return (offset * offset).sum().squareRoot()
    }
    return distances.reduce(0, +) / 8
  }
}
