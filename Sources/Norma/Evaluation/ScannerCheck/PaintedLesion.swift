import Foundation
import Volumes

/// A lesion that was painted into a scan, and the region that was found there.
public struct PaintedLesion: Codable, Hashable, Sendable {
  /// The region of the mask that shares a voxel with a lesion.
  public struct Found: Codable, Hashable, Sendable {
    /// Its volume in mm³.
    public let volumeMM3: Double
    /// Its place.
    public let place: Place?
  }

  /// The round in which it was painted, from 1.
  public let round: Int
  /// The diameter of the sphere in mm.
  public let diameter: Double
  /// Its brightness as a multiple of white matter's.
  public let contrast: Double
  /// Its place by the tissues of the scan before painting.
  public let place: Place?
  /// Its centre in world mm of the scan (RAS+).
  public let centre: SIMD3<Double>
  /// The volume of its voxels in mm³.
  public let volumeMM3: Double
  /// The region that was found; nil for a lesion that was missed.
  public let found: Found?
}

/// A bright sphere with a soft edge on the grid of a scan.
struct LesionSphere {
  let diameter, contrast: Double
  /// The centre in world mm.
  let centre: SIMD3<Double>

  /// The steepness of the edge, as of the lesions that methods learn from (`LesionPainter`).
  private static let sharpness: Float = 5
  /// The distance in mm of the points that are averaged in a voxel.
  private static let step = 0.75

  /// The share of each voxel that the lesion replaces, by index; voxels that it hardly touches are left out.
  func shares(in geometry: Geometry) throws -> [Int: Float] {
    let radius = diameter / 2, toVoxel = try geometry.affine.inverse()
    let middle = toVoxel.apply(centre), spacing = geometry.spacing
    let reach = SIMD3(repeating: 1.5 * radius) / spacing + 1
    let counts = (0..<3).map { max(Int((spacing[$0] / Self.step).rounded(.up)), 1) }
    let ranges = (0..<3).map { axis in
      max(Int(middle[axis] - reach[axis]), 0)..<min(Int(middle[axis] + reach[axis]) + 2, geometry.shape[axis])
    }
    var shares = [Int: Float]()
    for k in ranges[2] {
      for j in ranges[1] {
        for i in ranges[0] {
          let share = meanShare(SIMD3(Double(i), Double(j), Double(k)), geometry, counts, radius)
          if share > 0.02 { shares[i + geometry.shape[0] * (j + geometry.shape[1] * k)] = share }
        }
      }
    }
    return shares
  }

  private func meanShare(
    _ voxel: SIMD3<Double>, _ geometry: Geometry, _ counts: [Int], _ radius: Double
  ) -> Float {
    func offsets(_ axis: Int) -> [Double] {
      (0..<counts[axis]).map { (Double($0) + 0.5) / Double(counts[axis]) - 0.5 }
    }
    var sum: Float = 0
    for z in offsets(2) {
      for y in offsets(1) {
        for x in offsets(0) {
          let distance = (geometry.world(ofVoxel: voxel + SIMD3(x, y, z)) - centre).length / radius
          sum += logistic(Self.sharpness * Float(1 - distance * distance))
        }
      }
    }
    return sum / Float(counts.reduce(1, *))
  }
}
