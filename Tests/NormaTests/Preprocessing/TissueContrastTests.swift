import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Cohort
@testable import Preprocessing

/// Tests with the template itself as a scan.
@Suite struct TissueContrastTests {
  private static let folder = packageRoot.appending(path: ".deps/template")
  private static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  @Test(.enabled(if: isThere, "no template: run Scripts/bootstrap"))
  func whiteMatterIsBrighterInTheT1wTemplateAndDarkerInItsNegative() throws {
    let template = try Template(folder: Self.folder),
      contrast = try TissueContrast(folder: Self.folder, brain: template.mask)
    let ratio = try #require(
      try contrast.ratios(template.brain, brain: template.mask, toTemplate: .identity))
    #expect((0.6...0.9).contains(ratio.greyToWhite), "\(ratio)")
    #expect(try #require(ratio.fluidToWhite) < ratio.greyToWhite, "fluid is darkest")
    let top = try #require(template.brain.voxels.max())
    let negative = try #require(
      try contrast.ratios(
        template.brain.map { 2 * top - $0 }, brain: template.mask, toTemplate: .identity))
    #expect(negative.greyToWhite > 1)
    #expect(try #require(negative.fluidToWhite) > negative.greyToWhite, "fluid is brightest")
    // A scan that shows almost no brain has no contrast.
    let empty = Mask(geometry: template.mask.geometry, repeating: 0)
    #expect(try contrast.ratios(template.brain, brain: empty, toTemplate: .identity) == nil)
  }
}
