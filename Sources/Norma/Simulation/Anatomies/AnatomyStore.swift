import Base
package import Cohort
package import Foundation

/// Prepared anatomies on disk, one file per anatomy, named by the hash of its inputs and made once.
package struct AnatomyStore: Sendable {
  private let folder: URL
  private let preparation: AnatomyPreparation

  /// Creates a store in `folder`, which need not exist, with the template of the folder `template`.
  package init(folder: URL, template: URL) {
    (self.folder, preparation) = (folder, AnatomyPreparation(template: template))
  }

  /// Returns the anatomies in the order of the cases, and prepares those that are not stored yet. `progress`
  /// gets the number of cases done and of all.
  ///
  /// - Throws: The ``Problem`` of the first case that fails.
  package func anatomies(
    of cases: [AnatomyCase], progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> [Anatomy] {
    var anatomies = [Anatomy]()
    for (number, anatomy) in cases.enumerated() {
      try progress(number, cases.count)
      anatomies.append(try stored(anatomy))
    }
    try progress(cases.count, cases.count)
    return anatomies
  }

  /// Returns the file of a case, which need not exist.
  func file(of anatomy: AnatomyCase) throws -> URL {
    folder.appendingPathComponent("\(try preparation.digest(of: anatomy)).safetensors")
  }

  private func stored(_ anatomy: AnatomyCase) throws -> Anatomy {
    let file = try file(of: anatomy)
    if FileManager.default.fileExists(atPath: file.path) {
      return try Anatomy(contentsOf: file).named(anatomy.id)
    }
    let prepared = try preparation.prepare(anatomy)
    try AtomicFile.makeFolder(folder)
    try prepared.write(to: file)
    return prepared
  }
}
