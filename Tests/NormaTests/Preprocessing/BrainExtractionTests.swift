import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Preprocessing

/// Tests of brain extraction without the network: grids, orientations, refusals.
@Suite struct BrainExtractionTests {
  private static func brain(_ scan: Volume, spacing: Double = 6) throws -> (mask: Mask, notes: [String]) {
    try BrainExtraction.brain(in: scan, spacing: spacing, name: "scan.nii.gz", logits: TestHead.logits)
  }

  @Test func theMaskIsOnTheGridOfTheScan() throws {
    let scan = TestHead.scan()
    let (mask, notes) = try Self.brain(scan)
    let truth = scan.map { $0 == 200 ? UInt8(1) : 0 }
    #expect(mask.geometry == scan.geometry)
    #expect(mask.dice(truth) > 0.96)
    #expect(notes.count == 1 && notes[0].hasPrefix("Brain extraction: "))
  }

  private static let canonical = Result { try brain(TestHead.scan()).mask }

  static let orientations: [Orientation] = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ].flatMap { permutation in
    (0..<8).map { flips in
      Orientation(permutation: permutation, isFlipped: (0..<3).map { flips >> $0 & 1 == 1 })
    }
  }

  @Test(arguments: orientations)
  func everyOrientationGivesTheSameBrain(orientation: Orientation) throws {
    let turned = orientation.apply(TestHead.scan())
    let mask = try Self.brain(turned).mask
    #expect(mask.geometry == turned.geometry)
    let expected = try orientation.apply(Self.canonical.get())
    #expect(mask.voxels == expected.voxels, "\(turned.geometry.axisCodes)")
  }

  @Test func anObliqueScanGivesTheSameBrain() throws {
    let (c, s) = (cos(0.3), sin(0.3))
    let affine = Affine(
      i: SIMD3(4 * c, 4 * s, 0), j: SIMD3(-5 * s, 5 * c, 0), k: SIMD3(0, 0, 6), origin: SIMD3(-60, -150, -96))
    let scan = TestHead.scan(geometry: Geometry(shape: [48, 48, 34], affine: affine))
    #expect(try Self.brain(scan).mask.dice(scan.map { $0 == 200 ? 1 : 0 }) > 0.96)
  }

  @Test func theNetworkSeesLeftInferiorAnterior() throws {
    let grid = try #require(HeadGrid.around(TestHead.scan(), spacing: 4))
    #expect(grid.axisCodes == "AIL" && grid.spacing == SIMD3(4, 4, 4))
    // The spot is left, anterior and inferior: late along all three axes.
    let head = try Resample.linear(TestHead.scan(), to: grid)
    let brightest = try #require(head.voxels.indices.max { head.voxels[$0] < head.voxels[$1] })
    let (x, y) = (brightest % grid.shape[0], brightest / grid.shape[0] % grid.shape[1])
    let z = brightest / (grid.shape[0] * grid.shape[1])
    for (place, size) in zip([x, y, z], grid.shape) { #expect(place > size / 2) }
  }

  @Test func theGridIsTheBoxOfTheHeadWithAMargin() throws {
    let grid = try #require(HeadGrid.around(TestHead.scan(), spacing: 2))
    let extent = SIMD3<Double>(SIMD3(grid.shape)) * 2
    // Anterior, inferior, left: the head's 184, 176 and 152 mm in voxels of 5, 6 and 4 mm, and twice 4 mm.
    for (length, head) in zip([extent.x, extent.y, extent.z], [184.0, 176, 152]) {
      #expect(length >= head + 2 && length <= head + 2 * 4 + 2 * 6 + 2, "\(length) for \(head)")
    }
  }

  @Test func intensitiesAreScaledByTheQuantilesOfTheWholeVolume() throws {
    let affine = Affine(i: SIMD3(8, 0, 0), j: SIMD3(0, 8, 0), k: SIMD3(0, 0, 8), origin: .zero)
    let grid = Geometry(shape: [10, 10, 10], affine: affine)
    // 1000 of the 32768 voxels of 8 mm are 0...999, so 655.34 voxels are above the 98th percentile.
    let scaled = try #require(HeadGrid.scaled(Volume(geometry: grid, voxels: (0..<1000).map(Float.init))))
    #expect(HeadGrid.wholeCount(grid) == 32768)
    let high = Float(999 - 0.02 * 32767)
    #expect(abs(scaled[200] - 200 / high) < 1e-4 && scaled[0] == 0 && scaled[999] == 1)
  }

  static let refusals: [Row<(scan: Volume, logit: Float, what: String)>] = [
    Row(
      "a slice",
      (
        Volume(geometry: Geometry(shape: [200, 200, 1], affine: .identity), repeating: 1), 0,
        "the scan is only 1 mm thick; brain extraction needs a head"
      )),
    Row(
      "nothing",
      (Volume(geometry: TestHead.geometry, repeating: 7), 0, "no head stands out from the background")),
    Row("no brain", (TestHead.scan(), -1, "no brain was found (0 mL)")),
    Row("brain everywhere", (TestHead.scan(), 1, "the extracted mask is not a plausible brain: ")),
  ]

  @Test(arguments: refusals)
  func volumesThatAreNotHeadsAreRefused(row: Row<(scan: Volume, logit: Float, what: String)>) throws {
    let (scan, logit, what) = row.body
    let refused = try problem {
      try BrainExtraction.brain(in: scan, spacing: 6, name: "scan.nii.gz") { $0.voxels.map { _ in logit } }
    }
    #expect(refused.what.hasPrefix(what), "\(refused)")
    #expect(refused.location == "scan.nii.gz" && refused.kind == .badData && !refused.advice.isEmpty)
  }

  @Test func missingWeightsPointToTheBootstrap() throws {
    let nowhere = URL(fileURLWithPath: "/nowhere/net.safetensors")
    let refused = try problem { try BrainExtraction(weights: nowhere) }
    #expect(refused.kind == .missingLibrary && refused.advice.contains("Scripts/bootstrap"))
  }
}
