import Base
public import Foundation
public import Volumes

/// ITK text files of affine maps from template to scan in LPS+ mm, as read by ANTs, SimpleITK and 3D Slicer.
public enum ITKTransformFile {
  /// Writes a map from scan to template in RAS+ world mm.
  ///
  /// - Throws: A ``Problem`` that names the file, or `VolumeError` of the kind `badAffine` for a singular
  ///   map.
  public static func write(_ toTemplate: Affine, to url: URL) throws {
    let rows = mirrored(try toTemplate.inverse()).rows
    let parameters = rows.flatMap { [$0.x, $0.y, $0.z] } + rows.map(\.w)
    try AtomicFile.write(
      """
      \(header)
      #Transform 0
      Transform: AffineTransform_double_3_3
      Parameters: \(parameters.map(\.description).joined(separator: " "))
      FixedParameters: 0 0 0

      """, to: url)
  }

  /// Reads a file with one affine transform as a map from scan to template in RAS+ world mm.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` or `badData` that names the file.
  public static func read(_ url: URL) throws -> Affine {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw Problem(
        .missingInput, "the transform cannot be read", at: url.path,
        advice: "check the path and permissions")
    }
    func refuse(_ what: String) -> Problem {
      Problem(
        .badData, what, at: url.path,
        advice: "give a text file with one affine transform, as written by ITK, ANTs or SimpleITK")
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard lines.first == header else { throw refuse("the file is not an ITK transform") }
    func values(_ key: String) -> [String] {
      lines.filter { $0.hasPrefix("\(key):") }.map {
        $0.dropFirst(key.count + 1).trimmingCharacters(in: .whitespaces)
      }
    }
    func numbers(_ key: String, count: Int) throws -> [Double] {
      let words = values(key).first?.split(separator: " ") ?? []
      let finite = words.compactMap { Double($0) }.filter(\.isFinite)
      guard finite.count == count, words.count == count else {
        throw refuse("\(key) are not \(count) numbers")
      }
      return finite
    }
    let kinds = values("Transform")
    guard kinds.count == 1, kinds.allSatisfy(isAffine) else {
      throw refuse("the file contains \(kinds.isEmpty ? "nothing" : kinds.joined(separator: ", "))")
    }
    let p = try numbers("Parameters", count: 12)
    let c = try numbers("FixedParameters", count: 3)
    let centre = SIMD3(c[0], c[1], c[2])
    var affine = Affine(
      i: SIMD3(p[0], p[3], p[6]), j: SIMD3(p[1], p[4], p[7]), k: SIMD3(p[2], p[5], p[8]), origin: .zero)
    affine.origin = SIMD3(p[9], p[10], p[11]) + centre - affine.apply(centre)
    guard affine.isInvertible else { throw refuse("the transform cannot be inverted") }
    return try mirrored(affine).inverse()
  }

  private static let header = "#Insight Transform File V1.0"

  private static func isAffine(_ kind: String) -> Bool {
    ["AffineTransform", "MatrixOffsetTransformBase"].contains { name in
      ["double", "float"].contains { kind == "\(name)_\($0)_3_3" }
    }
  }

  /// Converts a map from RAS+ to LPS+ coordinates or back.
  private static func mirrored(_ affine: Affine) -> Affine {
    let mirror = Affine(diagonal: SIMD3(-1, -1, 1), origin: .zero)
    return mirror.composed(with: affine).composed(with: mirror)
  }
}
