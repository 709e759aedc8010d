import ArgumentParser
import Base
import Foundation
import Norma
import NormaTracking

struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show, compare, delete, index and export this user's training runs.",
    subcommands: [List.self, Show.self, Delete.self, Index.self, Export.self],
    defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all runs, the latest first.")
    @Option(help: "Only runs of this method.") var method: String?
    @Option(help: "Order of the runs.") var sort = Order.changed
    @OptionGroup var store: RunStoreOptions

    enum Order: String, ExpressibleByArgument, CaseIterable { case changed, loss, name }

    func run() throws {
      let runs = try store.open().runs().filter { method == nil || $0.method == method }
      let sorted =
        switch sort {
        case .changed: runs
        case .loss: runs.sorted { $0.bestLoss ?? .infinity < $1.bestLoss ?? .infinity }
        case .name: runs.sorted { ($0.name, $0.folder) < ($1.name, $1.folder) }
        }
      let table = RunTable(runs: sorted)
      table.table.print()
      if let warning = table.warning { StandardStreams.error("\(warning)\n") }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show figures and settings of a run; of several runs, the settings that differ.",
      aliases: ["compare"])
    @Argument(help: "Folders or names of runs.") var runs: [String]
    @OptionGroup var store: RunStoreOptions

    func run() throws {
      let records = try runs.map { try Runs.find($0, in: store) }
      let settings = try records.map { record in
        Dictionary(uniqueKeysWithValues: try record.settings().map { ($0.key, $0.value) })
      }
      let figures = records.map(RunTable.figures)
      let rows = figures[0].indices.map { index in [figures[0][index].key] + figures.map { $0[index].value } }
      let settingRows = Set(settings.flatMap(\.keys)).sorted()
        .map { key in [key] + settings.map { $0[key] ?? "n/a" } }
        .filter { records.count == 1 || Set($0.dropFirst()).count > 1 }
      let names = Set(records.map(\.name)).count == records.count ? records.map(\.name) : runs
      TextTable(columns: ["key"] + (names.count == 1 ? ["value"] : names), rows: rows + settingRows).print()
      if let warning = RunTable(runs: records).warning { StandardStreams.error("\(warning)\n") }
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete runs from the store; their folders are kept unless --files is given.")
    @Argument(help: "Folders or names of runs.") var runs: [String]
    @Flag(help: "Delete the folders of the runs too, with their bundles.") var files = false
    @OptionGroup var store: RunStoreOptions

    func run() throws {
      let records = try runs.map { try Runs.find($0, in: store) }
      let opened = try store.open()
      for record in records {
        if files, record.state != .missing {
          do {
            try FileManager.default.removeItem(at: record.home.url)
          } catch {
            throw Problem(
              .inputOutput, "the run's folder cannot be deleted: \(error.systemReason)",
              at: record.folder, advice: "check the folder's rights")
          }
        }
        try opened.forget(record)
        Console.print(record.folder)
      }
    }
  }

  struct Index: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add every run in and below folders to the store, for example after the store was lost.")
    @Argument(help: "Folders with runs.") var folders: [String]
    @OptionGroup var store: RunStoreOptions

    func run() throws {
      let opened = try store.open()
      for folder in folders {
        let url = URL(fileURLWithPath: folder)
        guard FileManager.default.fileExists(atPath: url.path) else {
          throw Problem(.missingInput, "there is no such folder", at: url.path, advice: "check the path")
        }
        for run in try opened.index(url) { Console.print(run.folder) }
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write runs as a file store of MLflow; mlflow ui --backend-store-uri FOLDER shows it.")
    @Argument(help: "Folders or names of runs. Default: all.") var runs: [String] = []
    @Option(help: "Folder of MLflow's file store.") var mlflow: String
    @OptionGroup var store: RunStoreOptions

    func run() throws {
      let records = try runs.isEmpty ? store.open().runs() : runs.map { try Runs.find($0, in: store) }
      let export = MLflowExport(to: URL(fileURLWithPath: mlflow))
      for record in records where record.state != .missing { try export.add(record) }
      Console.print(URL(fileURLWithPath: mlflow).path)
    }
  }

  /// The run in a folder, or the only run of a name in the store.
  private static func find(_ text: String, in store: RunStoreOptions) throws -> RunRecord {
    if let run = try? RunRecord(of: RunFolder(URL(fileURLWithPath: text))) { return run }
    let known = try store.open().runs()
    let path = URL(fileURLWithPath: text).standardizedFileURL.path
    let found = known.filter { $0.folder == path || $0.name == text }
    guard let run = found.first else {
      throw Problem(
        .missingInput, "no run has this folder or name", at: text,
        advice: "norma runs list shows the known ones; norma runs index FOLDER finds others")
    }
    guard found.count == 1 else {
      throw Problem(
        .usage, "\(found.count) runs have this name", at: text,
        advice: "give the folder: \(found.map(\.folder).joined(separator: ", "))")
    }
    return run
  }
}
