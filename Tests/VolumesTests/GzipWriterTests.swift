import Foundation
import Testing

@testable import Volumes

@Suite struct GzipWriterTests {
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
