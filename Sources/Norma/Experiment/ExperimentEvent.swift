/// A report of the progress of an experiment.
public enum ExperimentEvent: Sendable {
  /// The purpose that scans are scored for.
  public enum Work: String, Sendable {
    /// The thresholds.
    case calibrating = "calibrating"
    /// The figures.
    case scoringTest = "scoring test scans"
  }

  /// Run `index` of `count` begins.
  case run(ExperimentPlan.Run, index: Int, count: Int)
  /// The run was finished by an earlier call.
  case kept(ExperimentPlan.Run)
  /// An event of the training of the run.
  case training(TrainingEvent)
  /// `index` of `count` scans are scored.
  case scoring(Work, index: Int, count: Int)
  /// The run is done and written.
  case finished(RunResult)
}
