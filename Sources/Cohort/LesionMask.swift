import FoundationEssentials
import Base
package import Volumes

extension ScanCase {
  /// Returns true if the case has a lesion mask with at least one voxel set.
  package func hasLesion() throws -> Bool { try readLesionMask()?.voxels.contains(1) ?? false }

  /// Reads the lesion mask; returns nil if the case has none. Headers are not compared, because published
  /// masks with wrong headers are common.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if its shape differs from that of the image, or `VolumeError`.
  package func readLesionMask() throws -> Mask? {
    guard let lesionMask else { return nil }
    let mask = try VolumeReader.readMask(lesionMask)
    let shape = try VolumeReader.readGeometry(image).shape
    guard mask.shape == shape else {
      throw Problem(
        .badData, "lesion mask and image differ in shape: \(mask.shape) and \(shape)", at: lesionMask.path,
        advice: "give the mask that was drawn on this image")
    }
    return mask
  }
}
