public import Foundation

/// Why a cohort could not be simulated.
public enum SimulationError: Error, Equatable, Sendable {
  /// An option is out of range; the text says which and why.
  case invalidOption(String)
  /// The template's maps in this folder do not share one grid.
  case unequalTemplateGrids(URL)
  /// No slice's centre lies in the wanted range.
  case noSlices
  /// This person's slices hold no place for a lesion of this kind.
  case noPlaceForLesion(participantID: String, LesionKind)

  /// What happened, in one sentence.
  public var what: String {
    switch self {
    case .invalidOption(let problem): problem
    case .unequalTemplateGrids(let folder): "The template maps in \(folder.path) differ in grid."
    case .noSlices: "No slice has its centre in zRange."
    case .noPlaceForLesion(let participantID, let kind):
      "The slices of \(participantID) hold no place for a \(kind.rawValue) lesion."
    }
  }

  /// What the user can do about it.
  public var todo: String {
    switch self {
    case .invalidOption: "Change the option."
    case .unequalTemplateGrids: "Fetch the template again with Scripts/bootstrap."
    case .noSlices, .noPlaceForLesion: "Widen zRange or leave it out."
    }
  }
}

extension SimulationError: CustomStringConvertible {
  /// What happened and what to do, on one line.
  public var description: String { "\(what) \(todo)" }
}
