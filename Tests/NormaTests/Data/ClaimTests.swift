import _TestSupport
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Base
import Cohort

@Suite struct ClaimTests {
  @Test func oneOfManyWinsAndAllSeeIt() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("out/shards.json")
      let seen = Mutex([Data]())
      DispatchQueue.concurrentPerform(iterations: 32) { index in
        if let held = try? AtomicFile.createOnce(Data("claim of \(index)".utf8), at: file) {
          seen.withLock { $0.append(held) }
        }
      }
      let held = try Data(contentsOf: file)
      #expect(seen.withLock { $0 } == [Data](repeating: held, count: 32))
      let left = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
      #expect(left == ["shards.json"])
    }
  }

  @Test func otherSettingsAreNamed() throws {
    try withTemporaryFolder { folder in
      let claim = ShardClaim(in: folder), settings = ["bundle": "a", "threshold": "2.5"]
      #expect(!claim.exists)
      for _ in 0..<2 { try claim.require(settings) }
      #expect(claim.exists)
      let problem = try problem { try claim.require(["bundle": "a", "threshold": "3.0", "mask": "b"]) }
      #expect(problem.what.contains("mask none, here b; threshold 2.5, here 3.0"), "\(problem)")
      #expect(!problem.what.contains("bundle") && problem.location.hasSuffix("shards.json"))
      #expect(throws: Problem.self) {
        try AtomicFile.write("{", to: folder.appendingPathComponent("shards.json"))
        try claim.require(settings)
      }
    }
  }
}
