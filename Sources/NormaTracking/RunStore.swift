import Base
public import Foundation
import GRDB
import Norma

/// Where training runs lie: a SQLite file that any number of processes may write. It can be deleted and made anew from
/// the runs' folders.
public final class RunStore: Sendable {
  private let database: DatabaseQueue
  private let url: URL

  /// Opens the store, or makes it. Throws a ``Problem`` when that cannot be.
  public init(_ url: URL) throws {
    self.url = url
    try AtomicFile.makeFolder(url.deletingLastPathComponent())
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(30)
    do {
      database = try DatabaseQueue(path: url.path, configuration: configuration)
      // A statement of its own: it takes no lock where the table is there, so a store may be read only.
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

  /// Remembers a run as it is now.
  public func record(_ run: RunRecord) throws {
    try attempt { try database.write { try run.upsert($0) } }
  }

  /// All runs, the one that changed last first, as their folders tell them now.
  public func runs() throws -> [RunRecord] {
    try attempt { try database.read(RunRecord.fetchAll) }.map { run in
      if let current = try? RunRecord(of: run.home) { return current }
      var missing = run
      missing.state = .missing
      return missing
    }
    .sorted { ($1.changed, $0.folder) < ($0.changed, $1.folder) }
  }

  /// Forgets a run; its folder stays.
  public func forget(_ run: RunRecord) throws {
    try attempt { _ = try database.write { try run.delete($0) } }
  }

  /// Remembers every run in a folder and below, and returns them.
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
      advice: "mend or delete the file, then run norma runs index FOLDER; NORMA_RUNS names another file")
  }
}
