import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Cohort
import Preprocessing

@Suite struct ITKTransformFileTests {
  @Test func pointsAreMappedAsBySimpleITK() throws {
    let toScan = try ITKTransformFile.read(Goldens.url("preprocessing.tfm")).inverse()
    let goldens = try Goldens.tensors("preprocessing.safetensors")
    let from = try goldens.golden("points/from").values().map(Double.init)
    let to = try goldens.golden("points/to").values().map(Double.init)
    for start in stride(from: 0, to: from.count, by: 3) {
      // ITK's points are LPS+.
      let found = toScan.apply(SIMD3(-from[start], -from[start + 1], from[start + 2]))
      let offset = found - SIMD3(-to[start], -to[start + 1], to[start + 2])
      #expect((offset * offset).sum().squareRoot() < 1e-4)
    }
  }

  @Test func writtenFilesAreReadBack() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("deep/scan_xfm.txt")
      let affine = Affine.placed(
        turn: SIMD3(0.2, -0.1, 0.3), scale: SIMD3(1.1, 0.9, 1), shift: SIMD3(3, -40, 7))
      try ITKTransformFile.write(affine, to: file)
      #expect(try ITKTransformFile.read(file).cornerDistance(to: affine, of: TestBrain.template.mask) < 1e-9)
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      #expect(
        Array(lines[...2]) == [
          "#Insight Transform File V1.0", "#Transform 0", "Transform: AffineTransform_double_3_3",
        ])
    }
  }

  @Test func theFileMapsFromTemplateToScanInLPS() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("scan_xfm.txt")
      try ITKTransformFile.write(.placed(shift: SIMD3(3, -4, 5)), to: file)
      let text = try String(contentsOf: file, encoding: .utf8)
      let parameters = try #require(text.split(separator: "\n").first { $0.hasPrefix("Parameters:") })
      let translation = parameters.split(separator: " ").suffix(3).compactMap { Double($0) }
      #expect(translation == [3, -4, -5])
    }
  }

  static let refusals: [Row<(text: String?, what: String)>] = [
    Row("missing", (nil, "the transform cannot be read")),
    Row("another file", ("hello", "the file is not an ITK transform")),
    Row("nothing in it", ("#Insight Transform File V1.0\n", "the file contains nothing")),
    Row(
      "a rotation",
      (
        "#Insight Transform File V1.0\nTransform: Euler3DTransform_double_3_3\nParameters: 0 0 0 0 0 0\n",
        "the file contains Euler3DTransform_double_3_3"
      )),
    Row(
      "two",
      (
        "#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\n"
          + "Transform: AffineTransform_double_3_3\n",
        "the file contains AffineTransform_double_3_3, AffineTransform_double_3_3"
      )),
    Row(
      "too few",
      (
        "#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\nParameters: 1 0 0\n",
        "Parameters are not 12 numbers"
      )),
    Row(
      "flat",
      (
        "#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\n"
          + "Parameters: 1 0 0 0 1 0 0 0 0 1 2 3\nFixedParameters: 0 0 0\n",
        "the transform cannot be inverted"
      )),
  ]

  @Test(arguments: refusals)
  func otherTransformsAreRefused(row: Row<(text: String?, what: String)>) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("scan_xfm.txt")
      if let text = row.body.text { try AtomicFile.write(text, to: file) }
      let refused = try problem { try ITKTransformFile.read(file) }
      #expect(refused.what == row.body.what && refused.location == file.path && !refused.advice.isEmpty)
    }
  }
}
