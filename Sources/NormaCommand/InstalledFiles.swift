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

  /// What preprocessing needs, `brainchop/net.safetensors` and `template` in the same places; whether they are there
  /// matters only to the steps that need them.
  static var preprocessing: Preprocessor.Resources {
    Preprocessor.Resources(
      brainWeights: place("brainchop/net.safetensors"), template: place("template"))
  }

  /// NiiVue, which the viewer's page shows scans with, in the same places.
  static var niivue: URL { place("niivue/niivue.js") }

  private static func place(_ name: String) -> URL {
    find(name)
      ?? executable.deletingLastPathComponent().appendingPathComponent("../share/norma/\(name)")
      .standardizedFileURL
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
