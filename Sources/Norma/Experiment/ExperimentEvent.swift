/// What a running experiment tells those who listen.
public enum ExperimentEvent: Sendable {
  /// What a part is scored for.
  public enum Work: String, Sendable {
    case calibrating = "calibrating"
    case scoringTraining = "scoring training scans"
    case scoringTest = "scoring test scans"
  }

  /// Part `index` of `count` begins.
  case part(ExperimentPlan.Part, index: Int, count: Int)
  /// The part was finished earlier.
  case kept(ExperimentPlan.Part)
  /// Its training tells something.
  case training(TrainingEvent)
  /// Scans done and of all.
  case scoring(Work, index: Int, count: Int)
  /// The part is done and written.
  case finished(RunResult)
}
