import Foundation
import Base
public import Volumes

/// The way in which the masks of a scan are read.
public struct MaskReading: Codable, Hashable, Sendable {
  /// The value of lesions in a lesion mask with several; nil for one with 0 and another value.
  public var lesionLabel: Int?
  /// The way in which the voxels of masks are matched with those of the scan.
  public var pairing = MaskPairing.affine

  /// Creates the reading of masks with right headers, by default of masks without labels.
  public init(lesionLabel: Int? = nil, pairing: MaskPairing = .affine) {
    (self.lesionLabel, self.pairing) = (lesionLabel, pairing)
  }
}

extension ScanCase {
  /// Returns true if the case has a lesion mask with at least one voxel set.
  package func hasLesion() throws -> Bool { try readLesionMask()?.voxels.contains(1) ?? false }

  /// Reads the lesion mask on the grid of the scan; returns nil if the case has none.
  ///
  /// - Throws: A ``Problem`` of kind `badData` for values that are not those of a mask or a header that
  ///   contradicts that of the scan, or `VolumeError`.
  package func readLesionMask() throws -> Mask? {
    try lesionMask.map {
      try read($0, label: maskReading.lesionLabel, kind: Volume.lesionMask).mask
    }
  }

  /// Reads the brain mask on the grid of the scan, and a note if it was cut; returns nil without
  /// one.
  ///
  /// - Throws: As ``readLesionMask()``.
  package func readBrainMask() throws -> (mask: Mask, note: String?)? {
    try brainMask.map { try read($0, kind: Volume.brainMask) }
  }

  private func read(_ file: URL, label: Int? = nil, kind: String) throws -> (mask: Mask, note: String?) {
    let (mask, note) = try VolumeReader.read(file).binary(label: label, kind: kind, at: file.path)
    let scan = try VolumeReader.readGeometry(image)
    return (try mask.paired(with: scan, by: maskReading.pairing, kind: kind, at: file.path), note)
  }
}

extension Manifest {
  /// Returns the manifest with masks that are read in another way than it says.
  public func reading(masks reading: MaskReading) -> Manifest {
    var result = self
    result.maskReading = reading
    for index in cases.indices {
      if let label = reading.lesionLabel { result.cases[index].maskReading.lesionLabel = label }
      if reading.pairing == .voxels { result.cases[index].maskReading.pairing = .voxels }
    }
    return result
  }

  /// The note on lesion masks that are probabilities, which are cut; nil without any. Only files that can
  /// hold fractions are read.
  public var noteOnLesionMasks: String? {
    let soft = cases.filter { scan in
      guard let file = scan.lesionMask, !file.path.lowercased().hasSuffix(".png"),
        let header = try? NIfTI.readHeader(file),
        header.slope != 1 || [.float32, .float64].contains(header.datatype),
        let mask = try? VolumeReader.read(file).binary(
          label: scan.maskReading.lesionLabel, kind: Volume.lesionMask, at: file.path)
      else { return false }
      return mask.note != nil
    }
    guard let first = soft.first else { return nil }
    return
      "Lesion masks with values between 0 and 1, which are cut at 0.5: \(soft.count) of \(cases.count) cases"
      + (soft.count == 1 ? " (\(first.id))" : ", such as \(first.id)")
  }
}
