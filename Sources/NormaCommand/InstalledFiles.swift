import Foundation
import Norma

/// Files that come with Norma and are found relative to the executable.
enum InstalledFiles {
  /// The folder of the simulation template: `share/norma/template` of an installation or `.deps/template` of a
  /// checkout.
  static func template() throws -> URL {
    if let place = find("template") { return place }
    throw Problem(
      .missingInput, "the simulation template is not installed", at: executable.path,
      advice: "run Scripts/bootstrap, or give the folder with --template")
  }

  /// The weights of the brain extraction, `brainchop/net.safetensors` in the same places.
  static func brainWeights() throws -> URL {
    if let place = find("brainchop/net.safetensors") { return place }
    throw Problem(
      .missingLibrary, "the weights of the brain extraction are not installed", at: executable.path,
      advice: "run Scripts/bootstrap, or give the file with --weights")
  }

  private static func find(_ name: String) -> URL? {
    var folder = executable.deletingLastPathComponent()
    for _ in 0..<6 {
      for candidate in ["share/norma", ".deps"] {
        let place = folder.appendingPathComponent(candidate).appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: place.path) { return place }
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static var executable: URL {
    (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])).resolvingSymlinksInPath()
  }
}
