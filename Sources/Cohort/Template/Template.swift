import Base
public import Foundation
public import Volumes

/// The average brain that scans are laid on: ICBM152 2009a, symmetric, in MNI152 space.
public struct Template: Sendable {
  /// T1-weighted brightness, 0 outside the brain; world mm are those of MNI152.
  public let brain: Volume
  /// The brain without holes.
  public let mask: Mask
  /// SHA-256 of the file of the T1-weighted map.
  public let digest: String

  /// Reads the folder of the template that Scripts/bootstrap fills. Throws a ``Problem`` where the T1-weighted map is
  /// missing, and what reading a NIfTI file throws.
  public init(folder: URL) throws {
    let files = TemplateFiles(folder: folder)
    self.init(brain: try files.read(.t1), digest: try Digest.of(file: files.url(.t1)))
  }

  /// A template of the brain's brightness, 0 outside.
  package init(brain: Volume, digest: String) {
    (self.brain, self.digest) = (brain, digest)
    mask = brain.map { $0 > 0 ? UInt8(1) : 0 }.fillingHoles()
  }
}
