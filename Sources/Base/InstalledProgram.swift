package import Foundation

/// Programs of others that the user installed.
package enum InstalledProgram {
  /// Returns the first of these names that is an executable file in a folder of PATH, else the first of `paths`
  /// that is one; nil if none is.
  package static func first(of names: [String], orAt paths: [String] = []) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return (folders.flatMap { folder in names.map { "\(folder)/\($0)" } } + paths)
      .first(where: FileManager.default.isExecutableFile).map { URL(fileURLWithPath: $0) }
  }
}
