package import Base

extension Volume {
  /// Whether the volume is a PNG slice, which has no position in the world.
  package var isPlanar: Bool { header == nil && shape[2] == 1 }

  /// The volume with 0 for NaN, if NaN is its only background.
  ///
  /// - Throws: A ``Problem`` of kind `badData` for other non-finite voxels.
  package func finite(name: String) throws -> Volume {
    let broken = nonFiniteCount
    guard broken > 0 else { return self }
    guard broken < voxels.count, !voxels.contains(0) else {
      throw Problem(
        .badData, "\(broken) of \(voxels.count) voxels are NaN or infinite", at: name,
        advice: "repair the scan, or set the voxels outside the brain to 0")
    }
    return map { $0.isFinite ? $0 : 0 }
  }

  /// Checks that the voxels in the brain mask, which has the scan's shape, differ in intensity.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if they do not.
  package func requireContrast(inside brain: Mask, name: String) throws {
    var seen: Float?
    for (value, isBrain) in zip(voxels, brain.voxels) where isBrain != 0 {
      if let seen, seen != value { return }
      seen = value
    }
    throw Problem.uniformIntensity(name: name)
  }

  /// A remark in a sentence if much of the brain has the highest intensity of the scan, so that brighter tissue
  /// may have been cut off to it; nil otherwise.
  package func cutOffNote(inside brain: Mask) -> String? {
    guard let highest = voxels.max() else { return nil }
    let count = zip(voxels, brain.voxels).count { $1 != 0 && $0 == highest }
    let percentage = 100 * Double(count) / Double(max(1, brain.count))
    guard percentage >= Self.highestPercentage else { return nil }
    return "\(percentage.formatted(fraction: 1)) % of the brain have the highest intensity of the scan, "
      + "\(Double(highest).formatted(fraction: 0)): brighter tissue may have been cut off."
  }

  /// The percentage of voxels with the highest intensity that is noted.
  private static let highestPercentage = 1.0

  /// The mask of voxels that are not 0.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if there are none.
  package func nonZeroMask(name: String) throws -> Mask {
    let mask = map { $0 == 0 ? UInt8(0) : 1 }
    guard mask.voxels.contains(1) else {
      throw Problem(.badData, "all voxels are zero", at: name, advice: "check the export of this scan")
    }
    return mask
  }
}

extension Geometry {
  /// Checks that a single slice is axial.
  ///
  /// - Throws: A ``Problem`` of kind `badData` for a coronal or sagittal one.
  package func requireAxialSlice(name: String) throws {
    let across = (0..<3).filter { shape[$0] == 1 }, orientation = Orientation(of: self)
    guard across.count == 1, orientation.permutation[across[0]] < 2 else { return }
    throw Problem(
      .badData,
      "the image is a single \(orientation.permutation[across[0]] == 0 ? "sagittal" : "coronal") slice",
      at: name,
      advice: "give an axial slice or the complete scan; models know axial slices only")
  }
}

extension Problem {
  package static func uniformIntensity(name: String) -> Problem {
    Problem(
      .badData, "all voxels of the brain have the same intensity", at: name,
      advice: "check that the file contains a scan")
  }
}
