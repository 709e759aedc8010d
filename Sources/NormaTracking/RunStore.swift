import Base
public import Foundation
import GRDB
import Norma

/// The list of training runs: a SQLite file that several processes may write. It can be rebuilt from the
/// runs' folders.
public final class RunStore: Sendable {
  private let database: DatabaseQueue
  private let url: URL

  /// Opens or creates the store.
  ///
  /// - Throws: A ``Problem`` of kind `inputOutput`, as do all functions of the store, or `cannotCreate`.
  public init(_ url: URL) throws {
    self.url = url
    try AtomicFile.makeFolder(url.deletingLastPathComponent())
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(30)
    do {
      database = try DatabaseQueue(path: url.path, configuration: configuration)
      // Outside a transaction this takes no lock if the table exists, so the store may be read-only.
      try database.writeWithoutTransaction { database in
        try database.create(table: RunRecord.databaseTableName, options: .ifNotExists) { table in
          table.primaryKey("folder", .text)
          for name in ["name", "method", "state"] { table.column(name, .text).notNull() }
          for name in ["seed", "epochs"] { table.column(name, .integer).notNull() }
          table.column("bestEpoch", .integer)
          for name in ["bestLoss", "lastLoss"] { table.column(name, .double) }
          for name in ["started", "changed"] { table.column(name, .datetime).notNull() }
        }
      }
    } catch {
      throw Self.problem(error, url)
    }
  }

  /// Adds or updates a run.
  public func record(_ run: RunRecord) throws {
    try attempt { try database.write { try run.upsert($0) } }
  }

  /// The current records of all runs, the most recently changed first.
  public func runs() throws -> [RunRecord] {
    try attempt { try database.read(RunRecord.fetchAll) }.map { run in
      if let current = try? RunRecord(of: run.home) { return current }
      var missing = run
      missing.state = .missing
      return missing
    }
    .sorted { ($1.changed, $0.folder) < ($0.changed, $1.folder) }
  }

  /// Removes a run from the store; its folder is kept.
  public func forget(_ run: RunRecord) throws {
    try attempt { _ = try database.write { try run.delete($0) } }
  }

  /// Adds all runs in a folder and its subfolders, and returns them.
  public func index(_ folder: URL) throws -> [RunRecord] {
    let name = RunFolder(folder).configuration.lastPathComponent
    let homes = FileTree(folder).map { folder.appendingPathComponent($0) }
      .filter { $0.lastPathComponent == name }
      .map { RunFolder($0.deletingLastPathComponent()) }
    let found = homes.compactMap { try? RunRecord(of: $0) }
    try attempt { try database.write { database in for run in found { try run.upsert(database) } } }
    return found.sorted { $0.folder < $1.folder }
  }

  private func attempt<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw Self.problem(error, url) }
  }

  private static func problem(_ error: any Error, _ url: URL) -> Problem {
    Problem(
      .inputOutput, "the store of runs cannot be used: \(error)", at: url.path,
      advice: "delete the file, then run norma runs index FOLDER; NORMA_RUNS names another file")
  }
}
