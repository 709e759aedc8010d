import _TestSupport
import Foundation
import Testing
import Volumes

@testable import StrictSettings
@testable import Methods
@testable import Cohort
@testable import Preprocessing
@testable import Norma

/// On the template itself, as if it were a scan.
@Suite struct TissueContrastTests {
  private static let folder = packageRoot.appending(path: ".deps/template")
  private static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  @Test(.enabled(if: isThere, "no template: run Scripts/bootstrap"))
  func whiteMatterIsBrighterInATOneWeightedTemplateAndDarkerInItsNegative() throws {
    let template = try Template(folder: Self.folder), contrast = try TissueContrast(folder: Self.folder)
    let ratio = try #require(
      try contrast.greyToWhite(template.brain, brain: template.mask, toTemplate: .identity))
    #expect((0.6...0.9).contains(ratio), "\(ratio)")
    let top = try #require(template.brain.voxels.max())
    let negative = try #require(
      try contrast.greyToWhite(
        template.brain.map { 2 * top - $0 }, brain: template.mask, toTemplate: .identity))
    #expect(negative > 1)
    // Of a scan that shows next to nothing of the brain nothing is said.
    let empty = Mask(geometry: template.mask.geometry, repeating: 0)
    #expect(try contrast.greyToWhite(template.brain, brain: empty, toTemplate: .identity) == nil)
  }
}
