import ArgumentParser
import Foundation
import Norma
import NormaViewer
import Synchronization

struct View: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show results of segment or bids in the browser and review them; Ctrl-C ends it.")

  @Argument(help: "Output folder of norma segment or norma bids.")
  var folder: String

  @Option(help: "Name of the rater; each rater has a file of reviews. Default: the login name.")
  var rater: String?

  @Option(help: "Port on 127.0.0.1. Default: any free port.")
  var port: UInt16 = 0

  @Option(
    help: """
      Folder of the bundle that made the maps, for its false-positive rates. Default: the rates in the \
      results, or those of the shipped bundle of that name.
      """)
  var bundle: String?

  @Option(
    help: """
      Reference masks to show over the scans: a manifest with lesion masks, or a folder of masks whose names \
      start with those of their cases.
      """)
  var reference: String?

  @Flag(help: "Print the address without opening the browser.")
  var noBrowser = false

  @OptionGroup var console: Console

  func run() throws {
    let viewer = try Viewer(
      folder: URL(fileURLWithPath: folder), rater: rater ?? NSUserName(),
      bundle: bundle.map { try ModelBundle(named: $0) }, references: references(),
      niivue: InstalledFiles.niivue, port: port)
    Interruption.listen()
    let failure = Mutex<(any Error)?>(nil)
    let serving = Task {
      do { try await viewer.run() } catch { failure.withLock { $0 = error } }
    }
    Console.print("\(viewer.address)")
    console.log("\(viewer.caseCount) cases; reviews go to \(viewer.reviewFile.path); Ctrl-C ends this")
    if !noBrowser { Browser.open(viewer.address) }
    while !Interruption.requested {
      if let error = failure.withLock({ $0 }) { throw error }
      Thread.sleep(forTimeInterval: 0.1)
    }
    serving.cancel()
  }

  /// The reference masks by case.
  private func references() throws -> [String: URL] {
    guard let reference else { return [:] }
    let place = URL(fileURLWithPath: reference)
    let cases =
      try place.hasDirectoryPath
      ? Manifest(correctedMasks: place, of: URL(fileURLWithPath: folder)).cases
      : Manifest(contentsOf: place).cases
    let pairs = cases.compactMap { scan in scan.lesionMask.map { (scan.id, $0) } }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}

/// The browser of the desktop.
private enum Browser {
  /// Opens a page, if there is a desktop.
  static func open(_ address: String) {
    let environment = ProcessInfo.processInfo.environment
    #if os(macOS)
      let (program, isDesktop) = ("/usr/bin/open", environment["SSH_CONNECTION"] == nil)
    #else
      let program = "/usr/bin/xdg-open"
      let isDesktop = environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
    #endif
    guard isDesktop, FileManager.default.isExecutableFile(atPath: program) else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [address]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try? process.run()
  }
}
