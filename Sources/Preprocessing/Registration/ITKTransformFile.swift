import Base
public import Foundation
public import Volumes

/// Affine maps as ITK's text files, which ANTs, SimpleITK and 3D Slicer read: template to scan, LPS+ mm.
public enum ITKTransformFile {
  /// Writes the map of scan to template world mm (RAS+) in ITK's direction; throws a ``Problem`` that names the file.
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

  /// Reads the map of scan to template world mm (RAS+) from a file with one affine transform about any centre; throws a
  /// ``Problem`` that names the file.
  public static func read(_ url: URL) throws -> Affine {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw Problem(
        .missingInput, "the transform cannot be read", at: url.path, advice: "check the path and its rights")
    }
    func refuse(_ what: String) -> Problem {
      Problem(
        .badData, what, at: url.path,
        advice: "give a text file of one affine transform, as ITK, ANTs and SimpleITK write it")
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard lines.first == header else { throw refuse("the file is no ITK transform") }
    func values(_ key: String) -> [String] {
      lines.filter { $0.hasPrefix("\(key):") }.map {
        $0.dropFirst(key.count + 1).trimmingCharacters(in: .whitespaces)
      }
    }
    func numbers(_ key: String, count: Int) throws -> [Double] {
      let found = values(key).first?.split(separator: " ").map { Double($0) } ?? []
      let finite = found.compactMap { $0 }.filter(\.isFinite)
      guard finite.count == count, found.count == count else {
        throw refuse("\(key) are not \(count) numbers")
      }
      return finite
    }
    let kinds = values("Transform")
    guard kinds.count == 1, kinds.allSatisfy(isAffine) else {
      throw refuse("the file holds \(kinds.isEmpty ? "nothing" : kinds.joined(separator: ", "))")
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

  /// Between RAS+ and LPS+, on both sides.
  private static func mirrored(_ affine: Affine) -> Affine {
    let mirror = Affine(i: SIMD3(-1, 0, 0), j: SIMD3(0, -1, 0), k: SIMD3(0, 0, 1), origin: .zero)
    return mirror.composed(with: affine).composed(with: mirror)
  }
}
