import ArgumentParser
import Foundation

/// The folder that keeps preprocessed scans.
struct WorkFolderOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "Folder that keeps preprocessed scans for later runs.")
  var workDir: String?

  @Option(help: .hidden)
  var work: String?

  func validate() throws {
    if workDir != nil && work != nil {
      throw ValidationError("--work is another name of --work-dir; give one.")
    }
  }

  /// The folder; nil to keep nothing.
  var folder: URL? { (workDir ?? work).map { URL(fileURLWithPath: $0) } }
}
