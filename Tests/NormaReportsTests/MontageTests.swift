import _TestSupport
import Foundation
import Testing
import Volumes

@testable import NormaReports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct MontageTests {
  /// Three voxels wide, two deep; the front right voxel (x 2, y 1) is bright.
  let slice = ImageSlice(width: 3, height: 2, values: [0, 0, 0, 0, 0, 1])

  /// The samples of a panel's picture, read back from its data URI; colour pictures cannot be read as grey.
  func samples(_ panel: MontagePanel) throws -> [UInt16] {
    let data = try #require(Data(base64Encoded: panel.source.replacing("data:image/png;base64,", with: "")))
    return try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("panel.png")
      try data.write(to: url)
      return try PNGImage.read(url).samples
    }
  }

  @Test func thePatientsRightIsOnTheLeftAndTheFrontOnTop() throws {
    let panel = try MontagePanel.grey(slice, window: 0...1, caption: "Scan")
    #expect(try samples(panel) == [255, 0, 0, 0, 0, 0])
  }

  @Test func theWindowClipsAndNaNIsBlack() throws {
    let slice = ImageSlice(width: 4, height: 1, values: [-5, 15, 99, .nan])
    let panel = try MontagePanel.grey(slice, window: 10...20, caption: "Scan")
    #expect(try samples(panel) == [0, 255, 128, 0])
  }

  @Test func anOutlineRunsAroundTheMaskAndLeavesItVisible() throws {
    var mask = [UInt8](repeating: 0, count: 49)
    mask[3 * 7 + 5] = 1
    let indices = ImageSlice(width: 7, height: 7, values: Array(repeating: 0, count: 49)).radiologicalIndices
    let shown = indices.map { mask[$0] != 0 }
    let ring = MontagePanel.ring(around: shown, width: 7)
    #expect(shown.firstIndex(of: true) == 3 * 7 + 1)
    #expect(ring.indices.filter { ring[$0] } == [2 * 7 + 1, 3 * 7, 3 * 7 + 2, 4 * 7 + 1])
  }

  @Test func anOutlineDoesNotWrapAroundTheBorder() {
    let ring = MontagePanel.ring(around: [false, false, true, false, false, false], width: 3)
    #expect(ring == [false, true, false, false, false, true])
  }

  @Test func aSecondOutlineIsDashedAndShowsTheFirstInItsGaps() throws {
    let empty = ImageSlice(width: 40, height: 40, values: Array(repeating: 0, count: 1600))
    var mask = [UInt8](repeating: 0, count: 1600)
    for y in 10..<30 { for x in 10..<30 { mask[y * 40 + x] = 1 } }
    func panel(_ mask: [UInt8], _ second: [UInt8]?) throws -> String {
      try MontagePanel.outlined(empty, window: 0...1, mask: mask, second: second, caption: "Mask").source
    }
    let blank = [UInt8](repeating: 0, count: 1600)
    let sources = try [panel(mask, nil), panel(mask, mask), panel(blank, mask), panel(mask, blank)]
    #expect(sources[0] == sources[3])
    #expect(Set(sources).count == 3)
  }

  @Test func aVeilCoversOnlyItsPixels() throws {
    func panel(_ veiled: [Bool]?) throws -> String {
      try MontagePanel.outlined(
        slice, window: 0...1, mask: [0, 0, 0, 0, 0, 0], veiled: veiled, caption: "Mask"
      ).source
    }
    let none = [Bool](repeating: false, count: 6)
    #expect(try panel(nil) == panel(none))
    let (first, last) = ([true] + none.dropLast(), none.dropLast() + [true])
    #expect(try Set([panel(nil), panel(first), panel(Array(last))]).count == 3)
  }

  @Test func everyPanelHasAnAlternativeTextAndSides() throws {
    let montage = Montage(
      caption: "z = 18 mm",
      panels: [
        try .grey(slice, window: 0...1, caption: "Scan"), try .heat(slice, window: 0...3, caption: "Score"),
        try .outlined(slice, window: 0...1, mask: [0, 1, 0, 0, 0, 0], caption: "Mask"),
      ])
    let html = montage.html(anchor: "a").source
    for name in ["Scan", "Score", "Mask"] { #expect(html.contains("alt=\"\(name), axial slice")) }
    #expect(html.components(separatedBy: "<span>R</span><span>L</span>").count == 4)
    #expect(html.components(separatedBy: "class=\"bar\"").count == 2)
    #expect(html.contains("z = 18 mm. R: patient&#39;s right, L: patient&#39;s left."))
  }

  @Test func aMontageIsADrawingWithTheSamePicturesAndCaptions() throws {
    let panels = [
      try MontagePanel.grey(slice, window: 0...1, caption: "Scan <1>"),
      try .heat(slice, window: 0...3, caption: "Score"),
    ]
    for isMosaic in [false, true] {
      let montage = Montage("levels", caption: "z = 18 mm", panels: panels, isMosaic: isMosaic)
      let drawing = montage.svg.source
      for panel in panels { #expect(drawing.contains(panel.source)) }
      for words in ["Scan &lt;1&gt;", "Score", "z = 18 mm. R: patient&#39;s right", "<svg xmlns"] {
        #expect(drawing.contains(words), "\(words)")
      }
      #expect(!drawing.contains("Click") && montage.html(anchor: "a").source.contains("Click") == isMosaic)
      #expect(XMLParser(data: Data(drawing.utf8)).parse())
    }
  }

  @Test func aMapCoversTheScanWhereItIsAboveZero() throws {
    func panel(_ map: [Float]) throws -> String {
      try MontagePanel.overlaid(slice, window: 0...1, map: map, scale: 0...1, caption: "Share").source
    }
    let none: [Float] = [0, 0, 0, 0, 0, 0]
    #expect(try panel(none) == panel([.nan, 0, 0, 0, 0, -1]))
    #expect(try Set([panel(none), panel([0.5, 0, 0, 0, 0, 0]), panel([1, 0, 0, 0, 0, 0])]).count == 3)
  }

  @Test func theColourMapGrowsEvenlyLighter() {
    func luminance(_ value: Double) -> Double {
      let rgb = ColourMap.rgb(value).map { pow(Double($0) / 255, 2.2) }
      return pow(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2], 1 / 3.0)
    }
    let steps = (0..<20).map { luminance(Double($0 + 1) / 20) - luminance(Double($0) / 20) }
    #expect(steps.allSatisfy { $0 > 0.02 && $0 < 0.07 })
    #expect(ColourMap.rgb(-1) == ColourMap.rgb(0))
    #expect(ColourMap.rgb(2) == ColourMap.rgb(1))
    #expect(ColourMap.rgb(.nan) == [0, 0, 0])
  }
}
