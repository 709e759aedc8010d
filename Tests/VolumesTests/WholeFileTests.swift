import Foundation
import Testing

@testable import Volumes

@Suite struct WholeFileTests {
  struct Interruption: Error {}

  @Test func interruptionKeepsTheOldFileAndNothingElse() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("map.nii")
      try Data("old".utf8).write(to: url)
      #expect(throws: Interruption.self) {
        try WholeFile.write(to: url) { descriptor in
          try FileHandle(fileDescriptor: descriptor).write(contentsOf: Data("half".utf8))
          throw Interruption()
        }
      }
      #expect(try Data(contentsOf: url) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["map.nii"])
    }
  }

  @Test func remnantsOfKilledWritersGoAndNothingElse() throws {
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

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full here"),
    arguments: [nil, 1])
  func fullDiskIsNamed(level: Int?) throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let writer = try GzipWriter(descriptor, path: "map.nii", level: level)
    let noise = (0..<1_000_000).map { _ in UInt8.random(in: 0...255) }
    let kind = try kindOfError {
      try noise.withUnsafeBytes(writer.write)
      try writer.finish()
    }
    #expect(kind == .writeFailed(reason: "No space left on device"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full here"))
  func fullDiskIsNoticedWhenTheLastBytesAreFlushed() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let writer = try GzipWriter(descriptor, path: "map.nii", level: 1)
    try [UInt8](repeating: 1, count: 100).withUnsafeBytes(writer.write)
    #expect(try kindOfError { try writer.finish() } == .writeFailed(reason: "No space left on device"))
  }
}
