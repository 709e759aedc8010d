import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Norma

@Suite struct SimulatedTemplateTests {
  @Test func thePhantomHasTheVentriclesOfTheTemplate() {
    let tissues = SimulatedTemplate.phantom(shape: [28, 33, 27]).tissues
    for x: Float in [-12, 12] { #expect(tissues.value(Point(x, -4, 19)).w == 0) }
    let white = tissues.value(Point(40, -20, 18))
    #expect(white.y > 0.9 && white.w > 8)
    #expect(tissues.value(Point(90, -20, 18)).z == 0)
  }

  @Test func mapsAreReadFromAFolder() throws {
    let home = try TemporaryFolder(), folder = home.url
    defer { withExtendedLifetime(home) {} }
    let affine = Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: [-16, -12, 10])
    func write(_ name: String, shape: [Int] = [32, 24, 20], value: Float) throws {
      try NIfTI.write(
        Volume(geometry: Geometry(shape: shape, affine: affine), repeating: value),
        to: folder.appendingPathComponent("mni_icbm152_\(name)_tal_nlin_sym_09a_converted.nii.gz"))
    }
    try write("t1", value: 100)
    try write("gm", value: 51)
    try write("wm", value: 204)
    let tissues = try SimulatedTemplate(folder: folder).tissues
    #expect(tissues.origin == Point(-16, -12, 10))
    #expect(tissues.shape == SIMD3(32, 24, 20))
    let share = tissues.value(Point(0, 0, 20))
    #expect(abs(share.x - 0.2) < 1e-6 && abs(share.y - 0.8) < 1e-6 && share.z == 1)

    try write("gm", shape: [32, 24, 21], value: 51)
    #expect(throws: SimulationError.unequalTemplateGrids(folder)) { try SimulatedTemplate(folder: folder) }
  }
}
