import Cohort
import Base
public import Foundation
import Volumes

extension Simulator {
  /// What `writeCohort` reports after each person.
  public struct Progress: Sendable {
    /// The person whose files were just written.
    public let participantID: String
    /// Number of people written so far.
    public let completed: Int
    /// Number of people in the cohort.
    public let total: Int
  }

  /// Writes all people below `folder` as `sub-001/anat/sub-001_FLAIR.nii.gz`, brain and lesion masks and a
  /// sidecar with the kinds of lesions beside it, then `simulation.json` (the options) and last `manifest.tsv`.
  ///
  /// Throws what writing throws and what `makeCase` throws; without a manifest the cohort is not complete.
  public func writeCohort(to folder: URL, progress: (Progress) -> Void = { _ in }) throws {
    var manifest = "participant_id\timage\tbrain_mask\tlesion_mask\tsplit\n"
    for index in 0..<options.cases {
      try Task.checkCancellation()
      manifest += try write(makeCase(index), to: folder)
      progress(
        Progress(participantID: participantID(index), completed: index + 1, total: options.cases))
    }
    try AtomicFile.write(json: options, to: folder.appendingPathComponent("simulation.json"))
    try AtomicFile.write(manifest, to: folder.appendingPathComponent("manifest.tsv"))
  }

  /// What is known of a simulated scan, in the terms of BIDS where it has them.
  private struct Sidecar: Encodable {
    enum CodingKeys: String, CodingKey {
      case skullStripped = "SkullStripped"
      case simulatedLesions = "SimulatedLesions"
    }

    let skullStripped = true
    let simulatedLesions: [LesionKind]
  }

  /// Writes one person's files and returns the row of the manifest.
  private func write(_ person: SimulatedCase, to folder: URL) throws -> String {
    let id = person.participantID
    let anatomy = "\(id)/anat"
    let image = "\(anatomy)/\(id)_FLAIR.nii.gz"
    let brainMask = "\(anatomy)/\(id)_desc-brain_mask.nii.gz"
    try AtomicFile.write(
      json: Sidecar(simulatedLesions: person.kinds),
      to: folder.appendingPathComponent("\(anatomy)/\(id)_FLAIR.json"))
    try NIfTI.write(person.flair, to: folder.appendingPathComponent(image))
    try NIfTI.write(person.brainMask, to: folder.appendingPathComponent(brainMask))
    var lesionMask = "n/a"
    if person.split == .test {
      lesionMask = "\(anatomy)/\(id)_label-lesion_mask.nii.gz"
      try NIfTI.write(person.lesionMask, to: folder.appendingPathComponent(lesionMask))
    }
    return [id, image, brainMask, lesionMask, person.split.rawValue].joined(separator: "\t") + "\n"
  }
}
