import Foundation
import Norma

/// Files that come with Norma and are found relative to the executable.
enum InstalledFiles {
  /// The folder of the simulation template: `share/norma/template` of an installation or `.deps/template` of a
  /// checkout.
  static func template() throws -> URL {
    var folder = executable.deletingLastPathComponent()
    for _ in 0..<6 {
      for candidate in ["share/norma/template", ".deps/template"] {
        let place = folder.appendingPathComponent(candidate)
        if FileManager.default.fileExists(atPath: place.path) { return place }
      }
      folder.deleteLastPathComponent()
    }
    throw Problem(
      .missingInput, "the simulation template is not installed", at: executable.path,
      advice: "run Scripts/bootstrap, or give the folder with --template")
  }

  private static var executable: URL {
    (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])).resolvingSymlinksInPath()
  }
}
