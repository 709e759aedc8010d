import _TestSupport
import Testing
import Volumes

@testable import Base
@testable import Preprocessing

@Suite struct BrainPlausibilityTests {
  /// Measures a block of brain in a scan of 20 x 20 x 20 voxels of 10 mm, which is 1 mL per voxel.
  private func block(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>) -> BrainPlausibility {
    let affine = Affine(i: SIMD3(10, 0, 0), j: SIMD3(0, 10, 0), k: SIMD3(0, 0, 10), origin: .zero)
    var mask = Mask(geometry: Geometry(shape: [20, 20, 20], affine: affine), repeating: 0)
    for k in z { for j in y { for i in x { mask[i, j, k] = 1 } } }
    return BrainPlausibility(of: mask)
  }

  @Test func aWholeBrainReportsItsVolume() throws {
    #expect(try block(4..<14, 4..<16, 5..<15).notes(name: "scan") == ["Brain extraction: 1200 mL."])
  }

  @Test func aCutBrainReportsTheFaces() throws {
    let notes = try block(4..<14, 4..<14, 0..<8).notes(name: "scan")
    #expect(notes[1] == "The scan ends inside the brain: inferior (10000 mm²). Inspect the mask.")
    let part = try block(17..<20, 4..<14, 0..<8).notes(name: "scan")
    #expect(
      part == [
        "Brain extraction: 240 mL.",
        "The brain is smaller than 600 to 2300 mL: the scan shows only a part of it.",
        "The scan ends inside the brain: right (8000 mm²), inferior (3000 mm²). Inspect the mask.",
      ])
  }

  @Test func implausibleMasksAreRefused() throws {
    for (found, what) in [
      (block(4..<4, 4..<4, 4..<4), "no brain was found (0 mL)"),
      (block(4..<8, 4..<8, 0..<3), "no brain was found (48 mL)"),
      (
        block(4..<9, 4..<14, 4..<14),
        "the extracted mask is not a plausible brain: 500 mL, expected 600 to 2300 mL"
      ),
      (
        block(4..<18, 0..<18, 4..<18),
        "the extracted mask is not a plausible brain: 3528 mL, expected 600 to 2300 mL"
      ),
    ] {
      #expect(try problem { try found.notes(name: "scan") }.what == what)
    }
  }
}
