import Base
public import Foundation
public import Volumes

/// The registration target: the symmetric ICBM152 2009a average brain in MNI152 space (Fonov et al. 2011).
public struct Template: Sendable {
  /// The T1-weighted intensities, 0 outside the brain; world coordinates are MNI152 mm.
  public let brain: Volume
  /// The brain mask without holes.
  public let mask: Mask
  /// The SHA-256 of the file of the T1-weighted map.
  public let digest: String

  /// Reads the folder that Scripts/bootstrap creates.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if the T1-weighted map is missing, or `VolumeError`.
  public init(folder: URL) throws {
    let files = TemplateFiles(folder: folder)
    self.init(brain: try files.read(.t1), digest: try Digest.of(file: files.url(.t1)))
  }

  /// Creates a template from intensities that are 0 outside the brain.
  package init(brain: Volume, digest: String) {
    (self.brain, self.digest) = (brain, digest)
    mask = brain.map { $0 > 0 ? UInt8(1) : 0 }.fillingHoles()
  }
}
