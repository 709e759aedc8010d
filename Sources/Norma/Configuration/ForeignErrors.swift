import Tensors
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
