import ArgumentParser
import Foundation
import NormaTracking

/// The store of training runs.
struct RunStoreOptions: ParsableArguments {
  @Option(
    help: "File of the store. Default: $NORMA_RUNS, or norma/runs.sqlite in the user's data folder.")
  var store: String?

  func open() throws -> RunStore { try RunStore(store.map { URL(fileURLWithPath: $0) } ?? Self.standard) }

  /// `$NORMA_RUNS`, `$XDG_DATA_HOME/norma/runs.sqlite`, `~/.local/share/norma/runs.sqlite`.
  static var standard: URL {
    func folder(_ name: String) -> URL? {
      ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
    }
    if let file = folder("NORMA_RUNS") { return file }
    let home = FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/share")
    return (folder("XDG_DATA_HOME") ?? home).appendingPathComponent("norma/runs.sqlite")
  }
}
