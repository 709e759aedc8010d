import _TestSupport
import Foundation
import Testing

/// What a finished command left behind.
struct Outcome {
  let code: Int32
  let standardOutput: String
  let standardError: String

  /// The lines of stdout.
  var results: [String] { standardOutput.split(separator: "\n").map(String.init) }
  /// The lines of stderr.
  var log: [String] { standardError.split(separator: "\n").map(String.init) }
}

/// The built executable, run as a user does.
enum Tool {
  /// `norma` beside the test bundle.
  static let executable: URL? = {
    let places =
      [CommandLine.arguments.first.map { URL(fileURLWithPath: $0) }, Bundle.main.executableURL].compactMap {
        $0
      }
    let parents = places.flatMap { place in
      sequence(first: place.resolvingSymlinksInPath()) {
        $0.path == "/" ? nil : $0.deletingLastPathComponent()
      }
      .prefix(6)
    }
    return (parents + [packageRoot.appendingPathComponent(".build/debug")])
      .map { $0.appendingPathComponent("norma") }
      .first {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: $0.path, isDirectory: &isFolder) && !isFolder.boolValue
      }
  }()

  /// Runs the command to its end, with these variables besides those of the tests.
  static func run(_ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws
    -> Outcome
  {
    let running = try start(arguments, in: folder, environment: environment)
    return running.finish()
  }

  /// Runs the command and expects success.
  @discardableResult
  static func succeed(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try run(arguments, in: folder, environment: environment)
    try #require(
      outcome.code == 0, "norma \(arguments.joined(separator: " ")):\n\(outcome.standardError)",
      sourceLocation: sourceLocation)
    return outcome
  }

  /// Starts the command, after `launcher` if given, with `environment` added to that of the tests.
  static func start(
    _ arguments: [String], in folder: URL? = nil, launcher: [String] = [], environment: [String: String] = [:]
  ) throws -> Running {
    let path = try #require(executable, "build the product norma first").path
    let line = launcher + [path] + arguments
    let process = Process()
    process.executableURL = URL(fileURLWithPath: line[0])
    process.arguments = Array(line.dropFirst())
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    // Not the store of runs of the developer.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["NORMA_RUNS": (Workplace.root / "runs.sqlite").path]
    ) { $1 }.merging(environment) { $1 }
    let output = Workplace.root.appendingPathComponent("\(UUID().uuidString).out")
    let error = Workplace.root.appendingPathComponent("\(UUID().uuidString).err")
    for file in [output, error] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: error)
    try process.run()
    return Running(process: process, output: output, error: error)
  }

  /// A command on its way; its output goes to files, so no pipe can fill up.
  struct Running {
    let process: Process
    let output, error: URL

    var standardErrorSoFar: String { (try? String(contentsOf: error, encoding: .utf8)) ?? "" }

    func finish() -> Outcome {
      process.waitUntilExit()
      defer { for file in [output, error] { try? FileManager.default.removeItem(at: file) } }
      return Outcome(
        code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
        standardOutput: (try? String(contentsOf: output, encoding: .utf8)) ?? "",
        standardError: standardErrorSoFar)
    }
  }
}

/// The folder of this test process, removed when it ends.
enum Workplace {
  static let root: URL = {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("norma-command-tests-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if ProcessInfo.processInfo.environment["NORMA_KEEP"] == nil {
      atexit { try? FileManager.default.removeItem(at: Workplace.root) }
    }
    return folder
  }()

  /// A fresh folder.
  static func folder() throws -> URL {
    let folder = root.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}

extension URL {
  /// A file or folder below this one.
  static func / (folder: URL, name: String) -> URL { folder.appendingPathComponent(name) }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Paths of all files below, relative to this folder and sorted.
  var files: [String] {
    let paths = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return paths.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: (self / $0).path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// What a stopped writer may have left: files and folders that no finished command makes.
  var halfWritten: [String] {
    let paths = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return paths.filter { path in
      let name = URL(fileURLWithPath: path).lastPathComponent
      return name.hasPrefix(".") || name.hasSuffix(".part") || name.hasSuffix(".tmp")
    }
  }

  func text() throws -> String { try String(contentsOf: self, encoding: .utf8) }

  /// When each file below was written, by its path relative to this folder.
  func written() throws -> [String: Date] {
    try Dictionary(
      uniqueKeysWithValues: files.map { file in
        let attributes = try FileManager.default.attributesOfItem(atPath: (self / file).path)
        return (file, try #require(attributes[.modificationDate] as? Date))
      })
  }

  /// The bytes of a result without the seconds that a case took.
  func untimed() throws -> Data {
    if lastPathComponent == "cases.tsv" {
      let table = try TSV(self)
      return try JSONEncoder().encode(
        table.rows.map { row in table.columns.filter { $0 != "seconds" }.map { row[$0] ?? "" } })
    }
    let data = try Data(contentsOf: self)
    guard path.hasSuffix("_desc-norma_record.json") else { return data }
    var record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    record["seconds"] = nil
    return try JSONSerialization.data(withJSONObject: record, options: .sortedKeys)
  }
}
