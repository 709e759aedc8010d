public import Tensors
public import Volumes

extension VolumeError: ProblemReport {
  /// The three lines of a file that cannot be read, placed or written.
  public var problem: Problem {
    let kind: Problem.Kind =
      switch self.kind {
      case .notFound, .unreadable: .missingInput
      case .writeFailed: .inputOutput
      default: .badData
      }
    return Problem(kind, what, at: path ?? "a volume", advice: todo)
  }
}

extension SafetensorsError: ProblemReport {
  /// The three lines of a weights file that cannot be read or written.
  public var problem: Problem {
    isWriting
      ? Problem(.inputOutput, what, at: path, advice: "check that the folder can be written to and the disk has room")
      : Problem(.badData, what, at: path, advice: "fetch the file again, or train into a new folder")
  }
}

extension ParameterError: ProblemReport {
  /// The three lines of weights that do not fit their network.
  public var problem: Problem {
    Problem(
      .badData, description, at: "the model's weights", advice: "use the configuration that the weights were made with")
  }
}
