import _TestSupport
import Base
import Foundation
import Testing

@Suite struct WholeFileTests {
  struct Interruption: Error {}

  @Test func interruptionKeepsTheOldFileAndNothingElse() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("map.nii")
      try Data("old".utf8).write(to: url)
      #expect(throws: Interruption.self) {
        try WholeFile.write(to: url) { file in
          try file.write(contentsOf: Data("half".utf8))
          throw Interruption()
        }
      }
      #expect(try Data(contentsOf: url) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["map.nii"])
    }
  }

  @Test func onlyRemnantsOfKilledProcessesAreRemoved() throws {
    try withTemporaryFolder { folder in
      let below = folder.appendingPathComponent("checkpoints")
      try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
      let id = UUID().uuidString
      let kept = ["map.nii", ".hidden", ".map.nii", "map.\(id)", ".\(id)", ".map.nii.\(id.dropLast())"]
      for name in kept + [".map.nii.\(id)"] {
        for place in [folder, below] { try Data().write(to: place.appendingPathComponent(name)) }
      }
      WholeFile.removeRemnants(below: folder)
      for (place, more) in [(folder, ["checkpoints"]), (below, [])] {
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == (kept + more).sorted())
      }
    }
  }
}
