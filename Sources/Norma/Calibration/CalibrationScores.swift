/// The scores that one chain gives the calibration scans.
struct CalibrationScores {
  private var validation = ScoreHistogram(), training = ScoreHistogram()
  private var labelled = RankedVoxels()
  /// Those of each validation participant, for the reliability.
  private var participants = [String: ScoreHistogram]()
  private var validationCases = 0, casesWithLesion = 0, trainingCases = 0, labelledCases = 0

  /// Adds the lesion-free voxels of a validation scan.
  mutating func addValidation(
    _ scores: some Sequence<Float>, of participant: String, hasLesion: Bool
  ) {
    let scores = ScoreHistogram(scores)
    validationCases += 1
    if hasLesion { casesWithLesion += 1 }
    guard scores.total > 0 else { return }
    validation = validation + scores
    let own = scores.coarsened(fractionBits: Reliability.fractionBits)
    participants[participant] = participants[participant].map { $0 + own } ?? own
  }

  /// Adds the lesion-free voxels of a training scan.
  mutating func addTraining(_ scores: some Sequence<Float>) {
    training = training + ScoreHistogram(scores)
    trainingCases += 1
  }

  /// Adds the voxels of a validation scan with a lesion. Throws a ``Problem`` if the scratch file cannot be
  /// written.
  mutating func addLabelled(_ voxels: ScoredVoxels) throws {
    try labelled.add(voxels)
    labelledCases += 1
  }

  /// Returns the thresholds; `seed` is that of the bootstrap over participants.
  func calibration(seed: UInt64) throws -> Calibration {
    var calibration = Calibration(
      scores: validation, cases: validationCases, participants: participants.count)
    calibration.casesWithLesion = casesWithLesion
    calibration.reliability = try Reliability(
      of: participants.sorted { $0.key < $1.key }.map(\.value), seed: seed)
    calibration.trainingPercentiles = TrainingPercentiles(scores: training, cases: trainingCases)
    calibration.labelledValidation = try LabelledThreshold(labelled).map {
      LabelledValidation($0, cases: labelledCases)
    }
    return calibration
  }
}
