import Foundation
import Norma

/// The input and the output of a segmentation, by options or in their order.
struct SegmentPaths {
  let input: String
  let output: URL
  /// Whether no folder was given for the results.
  let isOutputByDefault: Bool

  /// Takes what the options leave out from `others`.
  ///
  /// - Throws: A ``Problem`` of kind `usage` if nothing or several scans are given.
  init(input: String?, output: String?, others: [String]) throws {
    var others = others[...]
    guard let input = input ?? others.popFirst() else {
      throw Problem(
        .usage, "no scan is given", at: "norma segment",
        advice: "give a scan, a folder of scans or a manifest (.tsv): norma segment SCAN FOLDER")
    }
    let output = output ?? others.popFirst()
    let file = output.flatMap { Self.isFile($0) ? "'\($0)' is not a folder for results" : nil }
    if let what = file ?? others.first.map({ "'\($0)' is one path too many" }) {
      throw Problem(
        .usage, what, at: "norma segment",
        advice:
          "for several scans give their folder or a manifest (.tsv); results go into a folder, given by -o")
    }
    self.input = input
    isOutputByDefault = output == nil
    self.output = output.map { URL(fileURLWithPath: $0) } ?? Self.folder(beside: URL(fileURLWithPath: input))
  }

  /// Whether a path has the name of a scan or a manifest and is not a folder.
  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return [".nii", ".nii.gz", ".png", ".tsv"].contains(where: path.lowercased().hasSuffix)
      && !(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue)
  }

  private static func folder(beside input: URL) -> URL {
    let input = input.standardizedFileURL, stem = Manifest.stem(input)
    let name = stem.lowercased().hasSuffix(".tsv") ? String(stem.dropLast(4)) : stem
    return input.deletingLastPathComponent().appendingPathComponent("\(name)_norma")
  }
}
