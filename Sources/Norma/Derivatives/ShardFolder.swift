import Base
package import Foundation

/// `parts/` of an output folder that several processes fill, each with a part of the cohort.
package struct ShardFolder: Sendable {
  private let folder: URL

  package init(in output: URL) { folder = output.appendingPathComponent("parts") }

  /// Whether the folder was filled in parts before.
  package var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// Makes the output folder one of results that are all made in one way, told by names and values; throws a
  /// ``Problem`` where its parts are made in another.
  package func createOnce(_ way: [String: String]) throws {
    let found = try AtomicFile.createOnce(AtomicFile.encoded(way), at: createOnce)
    let other = (try? JSONDecoder().decode([String: String].self, from: found)) ?? [:]
    let differing = Set(way.keys).union(other.keys).filter { way[$0] != other[$0] }.sorted()
    guard !differing.isEmpty else { return }
    let differences = differing.map { "\($0) \(other[$0] ?? "none"), here \(way[$0] ?? "none")" }
    throw Problem(
      .cannotCreate,
      "the folder belongs to parts that are made otherwise: \(differences.joined(separator: "; "))",
      at: createOnce.path,
      advice:
        "give all parts the same options, or choose a new folder; delete that file to make everything again")
  }

  private var createOnce: URL { folder.appendingPathComponent("cohort.json") }

  /// Where a part keeps what the whole needs of a case.
  package func file(of caseID: String) -> URL {
    folder.appendingPathComponent("cases").appendingPathComponent("\(caseID).json")
  }
}
