package import Base

extension Volume {
  /// A PNG slice: it has no position.
  package var isPlanar: Bool { header == nil && shape[2] == 1 }

  /// NaN is background where it is the only background; anywhere else it is an error.
  package func finite(name: String) throws -> Volume {
    let broken = nonFiniteCount
    guard broken > 0 else { return self }
    guard broken < voxels.count, !voxels.contains(0) else {
      throw Problem(
        .badData, "\(broken) of \(voxels.count) voxels are NaN or infinite", at: name,
        advice: "repair the scan, or write 0 where there is no brain")
    }
    return map { $0.isFinite ? $0 : 0 }
  }

  /// Throws a ``Problem`` where all voxels of the brain are alike; its mask has the scan's shape.
  package func requireContrast(inside brain: Mask, name: String) throws {
    var seen: Float?
    for (value, isBrain) in zip(voxels, brain.voxels) where isBrain != 0 {
      if let seen, seen != value { return }
      seen = value
    }
    throw Problem.uniformIntensity(name: name)
  }

  /// 1 where the voxel is not zero; throws a ``Problem`` when none is.
  package func nonZeroMask(name: String) throws -> Mask {
    let mask = map { $0 == 0 ? UInt8(0) : 1 }
    guard mask.voxels.contains(1) else {
      throw Problem(.badData, "all voxels are zero", at: name, advice: "check the export of this scan")
    }
    return mask
  }
}

extension Problem {
  package static func uniformIntensity(name: String) -> Problem {
    Problem(
      .badData, "the brain has one brightness everywhere", at: name,
      advice: "check that the file holds a scan")
  }
}

extension Mask {
  /// Throws a ``Problem`` for a brain mask of another shape than its image.
  package func requireShape(of image: Volume, name: String) throws {
    guard shape == image.shape else {
      throw Problem(
        .badData, "brain mask and image differ in shape: \(shape) and \(image.shape)", at: name,
        advice: "resample the mask to the image's grid")
    }
  }
}
