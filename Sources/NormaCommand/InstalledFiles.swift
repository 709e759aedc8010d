import Foundation
import Norma

/// Files that come with Norma and are found relative to the executable.
enum InstalledFiles {
  /// The folder of the simulation template: `share/norma/template` of an installation or `.deps/template` of
  /// a checkout.
  static func template() throws -> URL {
    if let folder = find("template") { return folder }
    throw Problem(
      .missingInput, "the simulation template is not installed", at: executable.path,
      advice: "run Scripts/bootstrap, or give the folder with --template")
  }

  /// The files of the preprocessing, `brainchop/net.safetensors` and `template` in the same folders. They
  /// need to exist only for the steps that use them.
  static var preprocessing: Preprocessor.Resources {
    Preprocessor.Resources(
      brainWeights: url("brainchop/net.safetensors"), template: url("template"))
  }

  /// NiiVue, which displays scans on the viewer's page, in the same folders.
  static var niivue: URL { url("niivue/niivue.js") }

  private static func url(_ name: String) -> URL {
    find(name)
      ?? executable.deletingLastPathComponent().appendingPathComponent("../share/norma/\(name)")
      .standardizedFileURL
  }

  private static func find(_ name: String) -> URL? {
    var folder = executable.deletingLastPathComponent()
    for _ in 0..<6 {
      for candidate in ["share/norma", ".deps"] {
        let file = folder.appendingPathComponent(candidate).appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: file.path) { return file }
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static var executable: URL {
    (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])).resolvingSymlinksInPath()
  }
}
