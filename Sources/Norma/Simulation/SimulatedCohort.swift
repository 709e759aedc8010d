import Cohort
import Base
public import Foundation
import Preprocessing
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

  /// Writes the scans as `sub-001/anat/sub-001_FLAIR.nii.gz` with masks, sidecars and, if the options ask for it,
  /// a T1w, then `simulation.json` (the options), and last `manifest.tsv`. A cohort without manifest is incomplete.
  ///
  /// - Throws: ``SimulationError``, a ``Problem`` if a file cannot be written, or `CancellationError`.
  public func writeCohort(to folder: URL, progress: (Progress) -> Void = { _ in }) throws {
    var manifest =
      "participant_id\timage\tbrain_mask\tlesion_mask\tsplit" + (options.hasT1w ? "\tt1w" : "") + "\n"
    for index in 0..<options.cases {
      try Task.checkCancellation()
      manifest += try write(makeCase(index), to: folder)
      progress(
        Progress(participantID: participantID(index), completed: index + 1, total: options.cases))
    }
    try AtomicFile.write(json: options, to: folder.appendingPathComponent("simulation.json"))
    try AtomicFile.write(manifest, to: folder.appendingPathComponent("manifest.tsv"))
  }

  /// Writes two visits of every participant as `sub-001/ses-1/anat/sub-001_ses-1_FLAIR.nii.gz` and so on with brain
  /// and lesion masks, the mask of the lesions that change and, if the options ask for it, a T1w, then
  /// `simulation.json`, and last `manifest.tsv`.
  ///
  /// - Throws: ``SimulationError``, a ``Problem`` if a file cannot be written, or `CancellationError`.
  public func writeVisits(
    _ followUp: FollowUp, to folder: URL, progress: (Progress) -> Void = { _ in }
  ) throws {
    var table = Table(
      columns: ["participant_id", "session_id", "image", "brain_mask", "lesion_mask"]
        + (options.hasT1w ? ["t1w"] : []))
    for index in 0..<options.cases {
      try Task.checkCancellation()
      let visits = try makeVisits(index, followUp), id = visits.participantID
      for (session, visit) in zip(["ses-1", "ses-2"], [visits.baseline, visits.followUp]) {
        let start = "\(id)/\(session)/anat/\(id)_\(session)"
        func write(_ grid: Grid<some NIfTIVoxel>, _ name: String) throws -> String {
          try NIfTI.write(grid, to: folder.appendingPathComponent("\(start)_\(name).nii.gz"))
          return "\(start)_\(name).nii.gz"
        }
        try AtomicFile.write(
          json: SimulationSidecar(simulatedLesions: [.focal]),
          to: folder.appendingPathComponent("\(start)_FLAIR.json"))
        let image = try write(visit.flair, "FLAIR"), brain = try write(visit.brain, "desc-brain_mask")
        let lesions = try write(visit.lesions, "label-lesion_mask")
        _ = try write(visit.changes, "label-change_mask")
        let t1w = try visit.t1w.map { try self.write($0, start, to: folder) }
        table.rows.append([id, session, image, brain, lesions] + [t1w].compactMap { $0 })
      }
      try ITKTransformFile.write(
        visits.toFollowUp,
        to: folder.appendingPathComponent("\(id)/\(id)_from-ses1_to-ses2_mode-image_xfm.txt"))
      progress(Progress(participantID: id, completed: index + 1, total: options.cases))
    }
    try AtomicFile.write(
      json: FollowUpOptions(options: options, followUp: followUp),
      to: folder.appendingPathComponent("simulation.json"))
    try AtomicFile.write(table.text, to: folder.appendingPathComponent("manifest.tsv"))
  }

  /// What visits were simulated with.
  private struct FollowUpOptions: Encodable {
    let options: SimulationOptions
    let followUp: FollowUp
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
    var cells = [id, image, brainMask, lesionMask, participant.split.rawValue]
    if let t1w = participant.t1w { cells.append(try write(t1w, "\(anatomy)/\(id)", to: folder)) }
    return cells.joined(separator: "\t") + "\n"
  }

  /// Writes a T1w and the map to it from the FLAIR, and returns the path of the T1w, which begins like that of the FLAIR.
  private func write(_ t1w: SimulatedCase.T1w, _ start: String, to folder: URL) throws -> String {
    let path = "\(start)_T1w.nii.gz"
    try NIfTI.write(t1w.image, to: folder.appendingPathComponent(path))
    try ITKTransformFile.write(
      t1w.fromFLAIR, to: folder.appendingPathComponent("\(start)_from-FLAIR_to-T1w_mode-image_xfm.txt"))
    return path
  }
}
