package import Files
import Foundation
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

extension FileWriteError: ProblemReport {
  /// The three lines of a file that cannot be written.
  package var problem: Problem {
    Problem(
      .inputOutput, "the file cannot be written: \(reason)", at: path,
      advice: "check that the folder is there, can be written to and has room")
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

extension Problem {
  /// What the file system refused; nil for an error of another kind.
  init?(fileError error: CocoaError) {
    guard let path = error.filePath ?? error.url?.path else { return nil }
    let isMissing = [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code)
    self.init(
      isMissing ? .missingInput : .inputOutput, error.systemReason, at: path,
      advice: "check the path, its rights and the room on the disk")
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
