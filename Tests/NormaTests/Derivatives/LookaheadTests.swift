import Base
import Cohort
import Foundation
import Testing

@testable import Norma
@testable import Preprocessing
import Volumes

@Suite struct LookaheadTests {
  private static let scan = ScanCase(scan: URL(fileURLWithPath: "/scans/a.nii.gz"))
  private static let other = ScanCase(scan: URL(fileURLWithPath: "/scans/b.nii.gz"))

  private static func preprocessed(_ value: Float) -> PreprocessedScan {
    let geometry = Geometry(shape: [1, 1, 1], affine: .identity)
    return PreprocessedScan(
      volume: Volume(geometry: geometry, voxels: [value]), brain: nil, toTemplate: nil, z: nil,
      record: PreprocessingRecord(of: geometry))
  }

  @Test func scansAreTakenOnceInAnyOrder() {
    let lookahead = Lookahead()
    #expect(lookahead.take(Self.scan) == nil)
    lookahead.begin(Self.scan) { Self.preprocessed(7) }
    lookahead.begin(Self.other) { Self.preprocessed(8) }
    // It was begun before.
    lookahead.begin(Self.scan) { Self.preprocessed(9) }
    #expect(lookahead.take(Self.other)?.volume.voxels == [8])
    #expect(lookahead.take(Self.scan)?.volume.voxels == [7])
    #expect(lookahead.take(Self.scan) == nil)
  }

  @Test func aFailureIsNotTaken() {
    let lookahead = Lookahead()
    lookahead.begin(Self.scan) { throw Problem(.badData, "too large", at: "a", advice: "wait") }
    #expect(lookahead.take(Self.scan) == nil)
  }

  @Test func itWaitsAtTheEnd() {
    let lookahead = Lookahead(),
      file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    lookahead.begin(Self.scan) {
      Thread.sleep(forTimeInterval: 0.2)
      try Data().write(to: file)
      return Self.preprocessed(7)
    }
    lookahead.finish()
    #expect(FileManager.default.fileExists(atPath: file.path))
  }
}
