import FoundationEssentials
import Base
package import Volumes

extension ScanCase {
  /// Whether the lesion mask has a voxel set; false where the case has none.
  package func hasLesion() throws -> Bool { try readLesionMask()?.voxels.contains(1) ?? false }

  /// The lesion mask, paired with the image voxel by voxel whatever its header says (published masks with wrong
  /// headers are common), checked against the image's shape; nil where the case has none.
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
