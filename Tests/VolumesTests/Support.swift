import Foundation
import Testing
import Volumes

enum Goldens {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  static func decode<Value: Decodable>(_: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: url(name)))
  }
}

/// The folder of real scans: beside the package, or where NORMA_SHARED_DATA says.
enum RealScans {
  static let folder: URL? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let candidates = [
      ProcessInfo.processInfo.environment["NORMA_SHARED_DATA"].map { URL(fileURLWithPath: $0) },
      root.appendingPathComponent("../shared/data"),
    ]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0.path) }
  }()
}

/// Runs `body` with a fresh folder and removes it afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The kind of the VolumeError that `body` throws; fails when it throws none.
func kindOfError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> VolumeError.Kind {
  let error = #expect(throws: VolumeError.self, sourceLocation: sourceLocation, performing: body)
  return try #require(error, sourceLocation: sourceLocation).kind
}

func greatestDifference(_ a: Affine, _ b: Affine) -> Double {
  zip(a.rows, b.rows).map { row in
    let difference = row.0 - row.1
    return max(abs(difference.max()), abs(difference.min()))
  }.max() ?? .infinity
}

/// A grid of distinct values whose three dimensions differ.
func countingVolume(shape: [Int] = [4, 3, 2], affine: Affine = .identity) -> Volume {
  let geometry = Geometry(shape: shape, affine: affine)
  return Volume(geometry: geometry, voxels: (0..<geometry.voxelCount).map { Float($0) })
}
