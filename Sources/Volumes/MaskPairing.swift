import Base

/// The way in which the voxels of a mask are matched with those of its scan.
public enum MaskPairing: String, Codable, Hashable, Sendable, CaseIterable {
  /// Through the affines: the axes are reordered, and the grids may be up to half a voxel apart.
  case affine
  /// By their indices, for headers that are wrong.
  case voxels
}

extension Geometry {
  /// The reordering of axes that brings another grid onto this one, with voxel centres at most half a voxel
  /// apart; nil if there is none.
  package func orientation(aligning other: Geometry) -> Orientation? {
    guard let toVoxels = try? affine.inverse() else { return nil }
    let placed = Geometry(shape: other.shape, affine: toVoxels.composed(with: other.affine))
    let orientation = Orientation(of: placed), aligned = orientation.apply(placed)
    guard aligned.shape == shape else { return nil }
    let isNear = outermostVoxels.allSatisfy { voxel in
      let distance = aligned.affine.apply(voxel) - voxel
      return max(abs(distance.x), abs(distance.y), abs(distance.z)) <= 0.5 + Self.rounding
    }
    return isNear ? orientation : nil
  }

  /// The largest distance in mm between the outermost voxels of the same indices in two grids of one shape.
  fileprivate func distance(to other: Geometry) -> Double {
    outermostVoxels.map { (affine.apply($0) - other.affine.apply($0)).length }.max() ?? 0
  }

  private var outermostVoxels: [SIMD3<Double>] {
    (0..<8).map { corner in SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? 0 : Double(shape[$0] - 1) }) }
  }

  /// The tolerance for headers in single precision, in voxels.
  private static let rounding = 1e-3
}

extension Mask {
  /// Returns this mask on the grid of its scan: each voxel has the value of the nearest voxel of the mask.
  ///
  /// - Parameters:
  ///   - scan: The grid of the scan.
  ///   - pairing: The way in which the voxels are matched.
  ///   - kind: The name of the mask in messages, such as "brain mask".
  ///   - location: The file of the mask, for messages.
  /// - Returns: The mask with the geometry of the scan.
  /// - Throws: A ``Problem`` of kind `badData` if the shapes differ, or if the affines contradict each other.
  package func paired(
    with scan: Geometry, by pairing: MaskPairing = .affine, kind: String, at location: String
  ) throws -> Mask {
    switch pairing {
    case .voxels where shape == scan.shape: return Mask(geometry: scan, voxels: voxels)
    case .affine:
      guard let orientation = scan.orientation(aligning: geometry) else { break }
      return Mask(geometry: scan, voxels: orientation.apply(self).voxels)
    case .voxels: break
    }
    guard pairing == .affine, shape == scan.shape else {
      throw Problem(
        .badData, "\(kind) and image differ in shape: \(shape) and \(scan.shape)", at: location,
        advice: "give the mask that was drawn on this image, or resample it to the grid of the image")
    }
    throw Problem(
      .badData,
      "the affines of \(kind) and image contradict each other by "
        + "\(geometry.distance(to: scan).formatted(fraction: 1)) mm: \(geometry.affine.text) and "
        + scan.affine.text, at: location,
      advice:
        "correct the wrong header; if the voxels are in the order of the image, give --mask-pairing voxels "
        + "or the column mask_pairing of a manifest")
  }
}

extension Affine {
  /// The rows as text, such as "[-1 0 0 90; 0 1 0 -126; 0 0 1 -72]".
  fileprivate var text: String {
    func number(_ value: Double) -> String {
      let text = value.formatted(fraction: 2)
      return text == "-0.00" ? "0" : text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }
    let rows = rows.map { row in (0..<4).map { number(row[$0]) }.joined(separator: " ") }
    return "[\(rows.joined(separator: "; "))]"
  }
}
