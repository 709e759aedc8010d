import Base
public import Cohort
import Foundation

extension ModelBundle {
  /// The bundle for single slices unless told otherwise.
  public static let defaultNameForSlices = "flair-aged"
  /// The bundle for volumes unless told otherwise.
  public static let defaultNameForVolumes = "flair-strict"

  /// The bundle for these scans unless told otherwise: that for volumes where one of them is a volume.
  public static func defaultName(for cases: [ScanCase]) -> String {
    let areSlices = cases.allSatisfy { $0.image.pathExtension.lowercased() == "png" }
    return areSlices ? defaultNameForSlices : defaultNameForVolumes
  }

  /// The bundles that ship with Norma, by name.
  public static var shippedNames: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: shippedFolder.path)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Opens a bundle by path, or by the name of a shipped one. Throws a ``Problem``.
  public init(named name: String) throws {
    let path = URL(fileURLWithPath: name)
    if FileManager.default.fileExists(atPath: path.path) {
      try self.init(contentsOf: path)
    } else if Self.shippedNames.contains(name) {
      try self.init(contentsOf: Self.shippedFolder.appendingPathComponent(name))
    } else {
      throw Problem(
        .missingInput, "there is no bundle '\(name)'", at: path.path,
        advice: Self.shippedNames.isEmpty
          ? "give the folder of a bundle; none ships with this build"
          : "give the folder of a bundle, or one of: \(Self.shippedNames.joined(separator: ", "))")
    }
  }

  private static var shippedFolder: URL {
    Bundle.module.bundleURL.appendingPathComponent("bundles")
  }
}
