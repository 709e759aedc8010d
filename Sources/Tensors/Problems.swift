public import Base

extension TensorError: ProblemReport {
  /// libtorch's reason and the operation with its shapes.
  public var problem: Problem {
    isOutOfMemory
      ? Problem(
        .outOfMemory, "libtorch is out of memory: \(message)", at: operands,
        advice: "free memory, or use smaller batches or another device")
      : Problem(
        .internalError, "libtorch failed: \(message)", at: operands,
        advice: "please report this with the command line and the log")
  }

  /// Whether the message comes from an allocator of the CPU, CUDA, MPS or C++.
  private var isOutOfMemory: Bool {
    ["out of memory", "not enough memory", "can't allocate memory", "bad_alloc"].contains(
      where: message.contains)
  }
}

extension SafetensorsError: ProblemReport {
  /// The problem of a file that cannot be read or written.
  public var problem: Problem {
    if isWriting {
      return Problem(
        .inputOutput, "safetensors file: \(reason)", at: path,
        advice: "check that the folder exists, is writable and has space")
    }
    return Problem(
      isSystem ? .missingInput : .badData, "safetensors file: \(reason)", at: path,
      advice: isSystem ? "check the path and its permissions" : "download or create the file again")
  }
}

extension ParameterError: ProblemReport {
  /// The problem of weights that do not fit the network.
  public var problem: Problem {
    Problem(
      .badData, description, at: "the model's weights",
      advice: "use the configuration with which the weights were trained")
  }
}
