import _TestSupport
import Testing

@testable import Volumes

/// Headers whose qform and sform are both set.
@Suite struct HeaderContradictionTests {
  static let headers: [Row<(change: @Sendable (inout NIfTIHeaderInfo) -> Void, words: String?)>] = [
    Row("as they agree", ({ _ in }, nil)),
    Row("half a voxel apart", ({ $0.qoffset[0] += 1 }, nil)),
    Row("no qform", ({ ($0.qformCode, $0.qoffset) = (0, [500, 0, 0]) }, nil)),
    Row("no sform", ({ ($0.sformCode, $0.qoffset) = (0, [500, 0, 0]) }, nil)),
    Row("the scanner's place and a template's", ({ ($0.sformCode, $0.qoffset[1]) = (4, 30) }, nil)),
    Row("12 mm apart in one space", ({ $0.qoffset[1] += 12 }, "place the scan differently")),
    Row("another voxel size", ({ $0.voxelSize[2] = 5 }, "place the scan differently")),
    Row(
      "mirrored", ({ ($0.qfac, $0.quaternion) = (-1, [0, 1, 0]) }, "LAS by the qform of the header and RAS")),
    Row(
      "mirrored, in two spaces",
      (
        { ($0.sformCode, $0.qfac, $0.quaternion) = (4, -1, [0, 1, 0]) },
        "LAS by the qform of the header and RAS"
      )),
    Row("turned", ({ $0.quaternion = [0, 0, 1] }, "LPS by the qform of the header and RAS by its sform")),
    Row("axes changed", ({ $0.quaternion = [0.5, 0.5, 0.5] }, "ASR by the qform")),
  ]

  @Test(arguments: headers)
  func whatTheHeaderSaysTwiceIsCompared(
    row: Row<(change: @Sendable (inout NIfTIHeaderInfo) -> Void, words: String?)>
  ) {
    var header = NIfTIHeaderInfo(
      version: 1, dimensions: [60, 70, 40], voxelSize: [2, 2, 3], qfac: 1, datatype: .int16, slope: 1,
      intercept: 0, qformCode: 1, sformCode: 1, quaternion: [0, 0, 0], qoffset: [-60, -70, -50],
      srow: [SIMD4(2, 0, 0, -60), SIMD4(0, 2, 0, -70), SIMD4(0, 0, 3, -50)], units: 2, description: "")
    row.body.change(&header)
    let found = header.contradiction
    #expect((found == nil) == (row.body.words == nil), "\(found ?? "nothing")")
    #expect(found?.contains(row.body.words ?? "") != false, "\(found ?? "nothing")")
  }
}
