public import Base
public import Foundation

/// Why a cohort could not be simulated.
public enum SimulationError: Error, Hashable, Sendable {
  /// The template's maps in this folder do not share one grid.
  case unequalTemplateGrids(URL)
  /// No slice's centre lies in the wanted range.
  case noSlices
  /// This person's slices hold no place for a lesion of this kind.
  case noPlaceForLesion(participantID: String, LesionKind)
}

extension SimulationError: ProblemReport {
  /// The three lines of the message.
  public var problem: Problem {
    switch self {
    case .unequalTemplateGrids(let folder):
      Problem(
        .badData, "the template's maps differ in grid", at: folder.path,
        advice: "fetch the template again with Scripts/bootstrap")
    case .noSlices:
      Problem(
        .usage, "no slice has its centre in zRange", at: "zRange", advice: "widen the range or leave it out")
    case .noPlaceForLesion(let participantID, let kind):
      Problem(
        .usage, "the slices hold no place for a \(kind.rawValue) lesion", at: participantID,
        advice: "widen zRange, leave it out, or choose smaller voxels")
    }
  }
}
