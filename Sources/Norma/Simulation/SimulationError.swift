public import Base
public import Foundation

/// An error of the simulation of a cohort.
public enum SimulationError: Error, Hashable, Sendable {
  /// The maps of the template in this folder have different grids.
  case unequalTemplateGrids(URL)
  /// No slice has its centre in the requested range.
  case noSlices
  /// The slices of this participant contain no site for a lesion of this kind.
  case noPlaceForLesion(participantID: String, LesionKind)
}

extension SimulationError: ProblemReport {
  /// The message and the exit code.
  public var problem: Problem {
    switch self {
    case .unequalTemplateGrids(let folder):
      Problem(
        .badData, "the maps of the template have different grids", at: folder.path,
        advice: "fetch the template again with Scripts/bootstrap")
    case .noSlices:
      Problem(
        .usage, "no slice has its centre in zRange", at: "zRange", advice: "widen the range or leave it out")
    case .noPlaceForLesion(let participantID, let kind):
      Problem(
        .usage, "the slices contain no site for a \(kind.rawValue) lesion", at: participantID,
        advice: "widen zRange, leave it out, or choose smaller voxels")
    }
  }
}
