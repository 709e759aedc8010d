import Base
package import Foundation

/// `shards.json` of an output folder that several processes fill: the settings that all of them have in
/// common.
package struct ShardClaim: Sendable {
  /// The file's name.
  package static let fileName = "shards.json"

  private let file: URL

  /// The claim of an output folder.
  package init(in output: URL) { file = output.appendingPathComponent(Self.fileName) }

  /// Whether a shard was processed into the folder before.
  package var exists: Bool { FileManager.default.fileExists(atPath: file.path) }

  /// Claims the folder for these settings, by name.
  ///
  /// - Throws: A ``Problem`` of kind `cannotCreate` if it is claimed for other settings.
  package func require(_ settings: [String: String]) throws {
    let found = try AtomicFile.createOnce(AtomicFile.encoded(settings), at: file)
    let claimed = (try? JSONDecoder().decode([String: String].self, from: found)) ?? [:]
    let differing = Set(settings.keys).union(claimed.keys).filter { settings[$0] != claimed[$0] }.sorted()
    guard !differing.isEmpty else { return }
    let differences = differing.map { "\($0) \(claimed[$0] ?? "none"), here \(settings[$0] ?? "none")" }
    throw Problem(
      .cannotCreate,
      "the folder holds shards with other settings: \(differences.joined(separator: "; "))", at: file.path,
      advice: "give all shards the same options, or choose a new folder; delete that file to start again")
  }
}
