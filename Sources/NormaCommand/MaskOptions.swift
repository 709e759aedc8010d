public import ArgumentParser
import Foundation
import Norma
public import Volumes

/// The reading of masks whose headers are wrong.
struct MaskPairingOptions: ParsableArguments {
  @Option(
    help: """
      How voxels of masks are matched with those of their scan: affine, or voxels for masks with wrong \
      headers (same as the manifest's column mask_pairing).
      """)
  var maskPairing = MaskPairing.affine

  /// The cohort in a file or folder; logs what was left out.
  func manifest(at path: String, console: Console) throws -> Manifest {
    try console.cohort(at: path).reading(masks: MaskReading(pairing: maskPairing))
  }
}

/// The reading of lesion masks.
struct LesionMaskOptions: ParsableArguments {
  @Option(
    help: """
      Value of lesions in lesion masks with several values; the others are not lesions (same as the \
      manifest's column lesion_label).
      """)
  var lesionLabel: Int?

  @OptionGroup var pairing: MaskPairingOptions

  /// The cohort in a file or folder; logs what was left out, and how its lesion masks are read where that is a
  /// choice.
  func manifest(at path: String, console: Console?) throws -> Manifest {
    let cohort = try console?.cohort(at: path) ?? Manifest(discovering: URL(fileURLWithPath: path))
    let manifest = cohort.reading(masks: MaskReading(lesionLabel: lesionLabel, pairing: pairing.maskPairing))
    if let console, let note = manifest.noteOnLesionMasks { console.log(note) }
    return manifest
  }
}

extension MaskPairing: ExpressibleByArgument {}
