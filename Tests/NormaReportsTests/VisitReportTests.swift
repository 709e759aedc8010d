import Foundation
import Testing

@testable import Norma
@testable import NormaReports
@testable import Preprocessing
@testable import Volumes

/// The page of two visits of a ball of white matter.
@Suite struct VisitReportTests {
  private static let grid = Geometry(shape: [24, 24, 24], affine: .identity)

  /// A visit with cubes of three voxels at these corners, the first of which is in the mask of every visit.
  private static func visit(cubes corners: [SIMD3<Int>], noise: Int) -> Visit {
    let brain = Mask(geometry: grid, repeating: 1)
    var scan = Volume(geometry: grid, voxels: (0..<grid.voxelCount).map { 100 + Float($0 * noise % 11) })
    var labels = Labels(geometry: grid, repeating: 0)
    for (number, corner) in corners.enumerated() {
      for index in scan.voxels.indices {
        let offset = scan.voxel(at: index) &- corner
        guard (0..<3).allSatisfy({ (0..<3).contains(offset[$0]) }) else { continue }
        scan.voxels[index] = 200
        labels.voxels[index] = Int32(number + 1)
      }
    }
    return Visit(
      scan: scan, brain: brain, map: labels.map { $0 == 0 ? 0 : 22 }, extent: 15, labels: labels,
      tissues: brain.map { _ in 2 })
  }

  private static func page() throws -> (comparison: VisitComparison, html: String) {
    let space = try HalfwaySpace(toFollowUp: .identity), corner = SIMD3(5, 5, 5)
    let comparison = try #require(
      try VisitComparison(
        visit(cubes: [corner], noise: 7919), visit(cubes: [corner, SIMD3(15, 15, 15)], noise: 104_729),
        in: space))
    let pair = try VisitPair(scan("a<b_1"), scan("a<b_2"))
    func totals(_ name: String) -> VisitRecord.Visit {
      VisitRecord.Visit(
        caseID: name, volumeML: 0.027, jointVolumeML: 0.054, regions: 1, whiteMatter: 105, digest: "0")
    }
    let record = VisitRecord(
      participantID: pair.participantID, baseline: totals("a<b_1"), followUp: totals("a<b_2"),
      evidentChangeML: comparison.evidentChangeML,
      registration: VisitRecord.Registration(
        toFollowUp: .identity, inconsistency: 0.1, stretch: SIMD3(1, 1, 1), overlap: 1, agreement: 1),
      deviation: comparison.deviation, counts: [:], rule: ChangeRule(), bundle: "whole-brain",
      notes: ["A note of a visit."])
    let visits = ComparedVisits(pair: pair, comparison: comparison, record: record)
    let report = try VisitReport(
      visits, provenance: ReportProvenance(bundleName: "whole-brain", version: "1"))
    return (comparison, report.page.html)
  }

  private static func scan(_ name: String) -> ScanCase {
    ScanCase(participantID: name, image: .init(filePath: "/scans/\(name)_FLAIR.nii.gz"))
  }

  @Test func changesComeFirstAndHavePictures() throws {
    let (comparison, html) = try Self.page()
    #expect(comparison.regions.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.new, .stable])
    let new = try #require(html.range(of: ">new</td>")), stable = try #require(html.range(of: ">stable</td>"))
    #expect(new.lowerBound < stable.lowerBound)
    let number = try #require(comparison.regions.first { $0.kind == .new }).id
    #expect(html.contains("Region \(number), new: 0 and 0.027 mL"))
    #expect(html.contains("1 new, 0 enlarged, 1 stable, 0 shrunk, 0 resolved, 0 unsure"))
    #expect(html.contains("A note of a visit.") && html.contains(">0.054</td>"))
    // The new cube has 27 voxels of 1 mm.
    #expect(abs(comparison.evidentChangeML - 0.027) < 1e-9 && html.contains("+0.027"))
  }

  @Test func namesAreEscaped() throws {
    let html = try Self.page().html
    #expect(html.contains("Two visits of a&lt;b") && !html.contains("a<b"))
  }
}
