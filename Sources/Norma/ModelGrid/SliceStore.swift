import Base
package import Cohort
import Methods
import Preprocessing
import StrictSettings
package import Foundation
import Tensors
import Volumes

/// Gridded slices on disk, one file per scan, so that training holds a batch in memory rather than the
/// cohort.
///
/// A file is named by the hash of its inputs and the recipe, and is made once.
package struct SliceStore: Sendable {
  let folder: URL
  let modelGrid: ModelGrid
  /// The part of scans with lesions that is left out.
  let exclusion: LesionExclusion

  /// A store in `folder` for the slices of one recipe.
  package init(folder: URL, recipe: Recipe, exclusion: LesionExclusion = .slices) {
    (self.folder, self.exclusion) = (folder, exclusion)
    modelGrid = ModelGrid(recipe: recipe)
  }

  /// One slice of one stored scan.
  struct Slice: Hashable, Sendable {
    let scan: Int
    let index: Int
    /// Whether a lesion was drawn in it.
    let showsLesion: Bool
  }

  /// The slices of some scans; their files are mapped, not read.
  package struct Contents: Sendable {
    /// The hash of all inputs in their order.
    package let digest: String
    let slices: [Slice]
    let size: Int
    /// The number of planes of a slice: image, brain and, where they are kept, lesions.
    private let planes: Int
    private let scans: [(file: Data, z: [Double?])]
    private let adjacentDistance: Double

    fileprivate init(
      digest: String, slices: [Slice], recipe: Recipe, planes: Int, scans: [(file: Data, z: [Double?])]
    ) {
      (self.digest, self.slices, size) = (digest, slices, recipe.gridSize)
      (self.planes, self.scans, adjacentDistance) = (planes, scans, recipe.adjacentDistance)
    }

    /// The number of slices.
    package var count: Int { slices.count }
    /// The number of scans.
    package var cases: Int { scans.count }

    /// A batch of slices as they are.
    func batch(_ chosen: [Slice]) throws -> Batch { try batch(chosen, mirrored: chosen.map { _ in false }) }

    /// A batch of slices; those marked in `mirrored` are flipped left to right.
    func batch(_ chosen: [Slice], mirrored: [Bool]) throws -> Batch {
      let area = size * size
      func tensor(plane: Int, of indices: [Int]) throws -> Tensor {
        var values = [Float](repeating: 0, count: chosen.count * area)
        for (row, slice) in chosen.enumerated() {
          scans[slice.scan].file.withUnsafeBytes { bytes in
            let stored = bytes.bindMemory(to: Float.self), first = (planes * indices[row] + plane) * area
            for pixel in 0..<area {
              let target = mirrored[row] ? pixel + size - 1 - 2 * (pixel % size) : pixel
              values[row * area + target] = stored[first + pixel]
            }
          }
        }
        return try Tensor(values, shape: [chosen.count, 1, size, size])
      }
      let own = chosen.map(\.index)
      let adjacent = try adjacent(to: chosen).map {
        try tensor(plane: 0, of: $0) * tensor(plane: 1, of: $0)
      }
      return Batch(
        images: try tensor(plane: 0, of: own), brain: try tensor(plane: 1, of: own),
        lesions: planes > 2 ? try tensor(plane: 2, of: own) : nil,
        adjacent: adjacent.isEmpty ? nil : try .cat(adjacent, dim: 1),
        z: chosen.map { scans[$0.scan].z[$0.index] })
    }

    /// The indices of the slices below and above, in the same scans; they may show lesions.
    private func adjacent(to chosen: [Slice]) -> [[Int]] {
      let each = chosen.map { scans[$0.scan].z.adjacent(to: [$0.index], distance: adjacentDistance) }
      return adjacentDistance > 0 ? [0, 1].map { side in each.map { $0[side][0] } } : []
    }
  }

  /// The slices of a stored scan.
  private struct Record: Codable {
    /// Whether the lesion mask, if there is one, is empty in each slice.
    var isLesionFree: [Bool]
    /// The template-space z in mm of each slice, where known.
    var z: [Double?]
  }

  /// Grids the scans that are not stored yet and maps the slices of all scans, or the lesion-free ones if
  /// lesions are excluded.
  package func contents(of cases: [ScanCase], progress: (Int, Int) throws -> Void = { _, _ in }) throws
    -> Contents
  {
    var slices = [Slice](), scans = [(file: Data, z: [Double?])](), keys = ""
    for (number, scan) in cases.enumerated() {
      try progress(number, cases.count)
      let key = try key(of: scan)
      keys += key
      let record = try stored(scan, key: key)
      scans.append((try Data(contentsOf: slicesFile(key), options: .alwaysMapped), record.z))
      slices += record.isLesionFree.enumerated().filter { $1 || exclusion == .none }.map {
        Slice(scan: number, index: $0, showsLesion: !$1)
      }
    }
    try progress(cases.count, cases.count)
    return Contents(
      digest: Digest.of(Data(keys.utf8)), slices: slices, recipe: modelGrid.recipe,
      planes: exclusion == .none ? 3 : 2, scans: scans)
  }

  private func slicesFile(_ key: String) -> URL { folder.appendingPathComponent("\(key).f32") }
  private func recordFile(_ key: String) -> URL { folder.appendingPathComponent("\(key).json") }

  private func key(of scan: ScanCase) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard case .map(var recipe) = try ConfigurationNode(encoding: modelGrid.recipe) else { return "" }
    // Adjacent slices are in the file anyway.
    recipe["adjacentDistance"] = nil
    var identity = try encoder.encode(recipe)
    for file in [scan.image, scan.brainMask, scan.lesionMask, scan.templateTransform] {
      identity += Data((try file.map { try Digest.of(file: $0) } ?? "none").utf8)
    }
    identity += Data("\(scan.z.map { "\($0)" } ?? "none") \(exclusion.rawValue)".utf8)
    identity += try encoder.encode(scan.maskReading)
    return Digest.of(identity)
  }

  private func stored(_ scan: ScanCase, key: String) throws -> Record {
    if let record = Record(json: recordFile(key)),
      FileManager.default.fileExists(atPath: slicesFile(key).path)
    {
      return record
    }
    let gridded = try modelGrid.place(scan)
    let lesion = try gridded.lesion(of: scan)
    var record = Record(isLesionFree: gridded.slices.map { _ in true }, z: gridded.z)
    if exclusion != .voxels, let lesion {
      record.isLesionFree = gridded.placement.slices(showing: lesion).map(!)
    }
    func fraction(of mask: Mask) throws -> [Float] {
      try gridded.placement.toGrid(mask.voxels.map(Float.init))
    }
    var planes = [gridded.images, gridded.brain]
    switch exclusion {
    case .slices: break
    case .voxels:
      if let near = lesion?.grown(by: LesionExclusion.trainingDistance) {
        planes[1] = zip(gridded.brain, try fraction(of: near)).map { $1 > 0 ? 0 : $0 }
      }
    case .none: planes.append(try lesion.map(fraction) ?? gridded.images.map { _ in 0 })
    }
    let area = modelGrid.recipe.gridSize * modelGrid.recipe.gridSize
    var bytes = Data(capacity: planes.count * gridded.images.count * 4)
    for slice in gridded.slices.indices {
      for values in planes {
        values[slice * area..<(slice + 1) * area].withUnsafeBytes { bytes.append(contentsOf: $0) }
      }
    }
    try AtomicFile.write(bytes, to: slicesFile(key))
    try AtomicFile.write(json: record, to: recordFile(key))
    return record
  }
}

extension ModelGrid {
  /// Reads a case and places it on the grid.
  package func place(_ scan: ScanCase) throws -> GriddedScan {
    let read = try PreprocessedScan(asItIs: scan)
    return try place(
      read.volume, brainMask: read.brain, toTemplate: read.toTemplate, z: read.z, name: scan.image.path)
  }
}
