import Cohort
import Base
public import Foundation
import Volumes

extension Simulator {
  /// The progress of ``Simulator/writeCohort(to:progress:)`` after each participant.
  public struct Progress: Sendable {
    /// The participant whose files were just written.
    public let participantID: String
    /// The number of participants written so far.
    public let completed: Int
    /// The number of participants in the cohort.
    public let total: Int
  }

  /// Writes the scans as `sub-001/anat/sub-001_FLAIR.nii.gz` with masks and sidecars, then `simulation.json`
  /// (the options), and last `manifest.tsv`. A cohort without manifest is incomplete.
  ///
  /// - Throws: ``SimulationError``, a ``Problem`` if a file cannot be written, or `CancellationError`.
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

  /// The sidecar of a simulated scan, with the keys of BIDS where it defines them.
  private struct SimulationSidecar: Encodable {
    enum CodingKeys: String, CodingKey {
      case skullStripped = "SkullStripped"
      case simulatedLesions = "SimulatedLesions"
    }

    let skullStripped = true
    let simulatedLesions: [LesionKind]
  }

  /// Writes the files of one participant and returns the row of the manifest.
  private func write(_ participant: SimulatedCase, to folder: URL) throws -> String {
    let id = participant.participantID
    let anatomy = "\(id)/anat"
    let image = "\(anatomy)/\(id)_FLAIR.nii.gz"
    let brainMask = "\(anatomy)/\(id)_desc-brain_mask.nii.gz"
    try AtomicFile.write(
      json: SimulationSidecar(simulatedLesions: participant.kinds),
      to: folder.appendingPathComponent("\(anatomy)/\(id)_FLAIR.json"))
    try NIfTI.write(participant.flair, to: folder.appendingPathComponent(image))
    try NIfTI.write(participant.brainMask, to: folder.appendingPathComponent(brainMask))
    var lesionMask = "n/a"
    if participant.split == .test {
      lesionMask = "\(anatomy)/\(id)_label-lesion_mask.nii.gz"
      try NIfTI.write(participant.lesionMask, to: folder.appendingPathComponent(lesionMask))
    }
    return [id, image, brainMask, lesionMask, participant.split.rawValue].joined(separator: "\t") + "\n"
  }
}
