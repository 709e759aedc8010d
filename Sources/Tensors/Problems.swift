public import Base

extension TensorError: ProblemReport {
  /// The engine's reason, the operation with its shapes, and what to do.
  public var problem: Problem {
    isOutOfMemory
      ? Problem(
        .outOfMemory, "the engine is out of memory: \(message)", at: operands,
        advice: "free memory, or use smaller batches or another device")
      : Problem(
        .internalError, "the engine failed: \(message)", at: operands,
        advice: "please report this with the command line and the log")
  }

  /// Whether the message comes from an allocator: that of the CPU, of CUDA, of MPS or of C++.
  private var isOutOfMemory: Bool {
    ["out of memory", "not enough memory", "can't allocate memory", "bad_alloc"].contains(
      where: message.contains)
  }
}

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
