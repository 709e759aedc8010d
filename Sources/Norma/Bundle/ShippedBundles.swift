import Base
public import Cohort
import Foundation
import Volumes

extension ModelBundle {
  /// The default bundle for single slices.
  public static let defaultNameForSlices = "flair-aged"
  /// The default bundle for volumes.
  public static let defaultNameForVolumes = "whole-brain"

  /// Returns the name of the default bundle for these scans: that for volumes if any of them is a volume.
  public static func defaultName(for cases: [ScanCase]) -> String {
    areSlices(cases) ? defaultNameForSlices : defaultNameForVolumes
  }

  /// Whether all scans are single slices.
  package static func areSlices(_ cases: [ScanCase]) -> Bool {
    cases.allSatisfy { scan in
      scan.image.pathExtension.lowercased() == "png"
        || (try? VolumeReader.readGeometry(scan.image))?.shape.contains(1) == true
    }
  }

  /// The names of the bundles that ship with Norma.
  public static var shippedNames: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: shippedFolder.path)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Opens a bundle by the name of a shipped bundle, or by its path: `./flair-strict` or `flair-strict/` is a
  /// folder with the name of a shipped bundle.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is none, and those of ``init(contentsOf:)``.
  public init(named name: String) throws {
    let path = URL(fileURLWithPath: name)
    if Self.shippedNames.contains(name) {
      try self.init(contentsOf: Self.shippedFolder.appendingPathComponent(name))
    } else if FileManager.default.fileExists(atPath: path.path) {
      try self.init(contentsOf: path)
    } else {
      throw Problem(
        .missingInput, "there is no bundle '\(name)'", at: path.path,
        advice: Self.shippedNames.isEmpty
          ? "give the folder of a bundle; this build ships none"
          : (nearestName(to: name, in: Self.shippedNames).map { "did you mean '\($0)'? " } ?? "")
            + "give the folder of a bundle, or one of \(Self.shippedNames.joined(separator: ", "))")
    }
  }

  /// Where the bundle is from: "shipped with Norma" or its folder.
  package var origin: String {
    url.deletingLastPathComponent().path == Self.shippedFolder.path ? "shipped with Norma" : url.path
  }

  private static var shippedFolder: URL {
    Bundle.module.bundleURL.appendingPathComponent("bundles")
  }
}
