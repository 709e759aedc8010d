public import Base

extension SafetensorsError: ProblemReport {
  /// The three lines of a file of tensors that cannot be read or written.
  public var problem: Problem {
    if isWriting {
      return Problem(
        .inputOutput, "safetensors file: \(reason)", at: path,
        advice: "check that the folder is there, can be written to and has room")
    }
    return Problem(
      isSystem ? .missingInput : .badData, "safetensors file: \(reason)", at: path,
      advice: isSystem ? "check the path and its rights" : "fetch or make the file again")
  }
}

extension ParameterError: ProblemReport {
  /// The three lines of weights that do not fit their network.
  public var problem: Problem {
    Problem(
      .badData, description, at: "the model's weights",
      advice: "use the configuration that the weights were made with")
  }
}
