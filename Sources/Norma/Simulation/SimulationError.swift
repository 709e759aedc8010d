public import Base

/// An error of the simulation of a cohort.
public enum SimulationError: Error, Hashable, Sendable {
  /// No slice has its centre in the requested range.
  case noSlices
  /// The slices of this participant contain no site for a lesion of this kind.
  case noPlaceForLesion(participantID: String, LesionKind)
}

extension SimulationError: ProblemReport {
  /// The message and the exit code.
  public var problem: Problem {
    switch self {
    case .noSlices:
      Problem(
        .usage, "no slice has its centre between the levels", at: "--levels",
        advice: "widen the range of levels or leave it out")
    case .noPlaceForLesion(let participantID, let kind):
      Problem(
        .usage, "the slices contain no site for a \(kind.rawValue) lesion", at: participantID,
        advice: "widen the range of levels (--levels), leave it out, or choose smaller voxels")
    }
  }
}
