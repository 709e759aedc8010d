/// What a running experiment tells those who listen.
public enum ExperimentEvent: Sendable {
  /// What a run is scored for.
  public enum Work: String, Sendable {
    case calibrating = "calibrating"
    case scoringTraining = "scoring training scans"
    case scoringTest = "scoring test scans"
  }

  /// Part `index` of `count` begins.
  case run(ExperimentPlan.Run, index: Int, count: Int)
  /// The run was finished earlier.
  case kept(ExperimentPlan.Run)
  /// Its training tells something.
  case training(TrainingEvent)
  /// Scans done and of all.
  case scoring(Work, index: Int, count: Int)
  /// The run is done and written.
  case finished(RunResult)
}
