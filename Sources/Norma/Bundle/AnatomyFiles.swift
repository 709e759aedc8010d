import Base
import Cohort
public import Foundation

/// The files that the preparation of anatomies needs.
public struct AnatomyFiles: Sendable {
  private let template: URL
  private let prepared: URL?

  /// The folder of the template that `Scripts/bootstrap` makes, and that of prepared anatomies, such as the
  /// folder `prepared` of a run; without it they are prepared in a temporary folder.
  public init(template: URL, prepared: URL? = nil) { (self.template, self.prepared) = (template, prepared) }

  /// Returns the prepared anatomies; nil for no case.
  func anatomies(of cases: [AnatomyCase]) throws -> [Anatomy]? {
    guard !cases.isEmpty else { return nil }
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("norma-anatomies-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    return try AnatomyStore(folder: prepared ?? scratch, template: template).anatomies(of: cases)
  }
}
