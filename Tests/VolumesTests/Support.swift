import Foundation
import Testing
import Volumes

/// The kind of the VolumeError that `body` throws; the test fails if it throws none.
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
