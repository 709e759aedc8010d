import ArgumentParser
import Foundation
import Norma

/// Where the anatomies of a manifest are prepared.
struct AnatomyOptions: ParsableArguments {
  @Option(
    help: "Folder of prepared anatomies, such as RUN/prepared. Default: they are prepared again.")
  var prepared: String?

  /// The template of this installation and the folder.
  var files: AnatomyFiles {
    AnatomyFiles(
      template: InstalledFiles.preprocessing.template,
      prepared: prepared.map { URL(fileURLWithPath: $0) })
  }
}
