import Base
package import Cohort
import Methods
import Preprocessing
package import Foundation
import Tensors
import Volumes

/// Prepared slices on disk, one file a scan, so that training holds a batch in memory and not the cohort.
///
/// A file is named by the hash of its inputs and the recipe; what is there is not prepared again.
package struct SliceStore: Sendable {
  let folder: URL
  let modelGrid: ModelGrid
  /// What scans with lesions lose.
  let exclusion: LesionExclusion

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
    /// Hash of everything that went in, in order.
    package let digest: String
    let slices: [Slice]
    let size: Int
    /// Planes of a slice: image, brain and, where they are kept, lesions.
    private let planes: Int
    private let scans: [(file: Data, z: [Double?])]

    fileprivate init(
      digest: String, slices: [Slice], size: Int, planes: Int, scans: [(file: Data, z: [Double?])]
    ) {
      (self.digest, self.slices, self.size) = (digest, slices, size)
      (self.planes, self.scans) = (planes, scans)
    }

    /// How many slices there are.
    package var count: Int { slices.count }

    /// A batch of slices, those marked in `mirrored` flipped left to right.
    func batch(_ chosen: [Slice], mirrored: [Bool]) throws -> Batch {
      let area = size * size
      func tensor(plane: Int) throws -> Tensor {
        var values = [Float](repeating: 0, count: chosen.count * area)
        for (row, slice) in chosen.enumerated() {
          scans[slice.scan].file.withUnsafeBytes { bytes in
            let stored = bytes.bindMemory(to: Float.self), first = (planes * slice.index + plane) * area
            for pixel in 0..<area {
              let target = mirrored[row] ? pixel + size - 1 - 2 * (pixel % size) : pixel
              values[row * area + target] = stored[first + pixel]
            }
          }
        }
        return try Tensor(values, shape: [chosen.count, 1, size, size])
      }
      return Batch(
        images: try tensor(plane: 0), brain: try tensor(plane: 1),
        lesions: planes > 2 ? try tensor(plane: 2) : nil,
        z: chosen.map { scans[$0.scan].z[$0.index] })
    }
  }

  /// What is known of a stored scan without opening its slices.
  private struct Record: Codable {
    /// Per slice: whether the lesion mask is empty there (or there is none).
    var isLesionFree: [Bool]
    /// Template-space z in mm of each slice, where known.
    var z: [Double?]
  }

  /// Prepares what is not there yet and maps the slices of all scans, only the lesion-free ones under `slices`.
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
      digest: Digest.of(Data(keys.utf8)), slices: slices, size: modelGrid.recipe.gridSize,
      planes: exclusion == .none ? 3 : 2, scans: scans)
  }

  private func slicesFile(_ key: String) -> URL { folder.appendingPathComponent("\(key).f32") }
  private func recordFile(_ key: String) -> URL { folder.appendingPathComponent("\(key).json") }

  private func key(of scan: ScanCase) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var identity = try encoder.encode(modelGrid.recipe)
    for file in [scan.image, scan.brainMask, scan.lesionMask, scan.templateTransform] {
      identity += Data((try file.map { try Digest.of(file: $0) } ?? "none").utf8)
    }
    identity += Data("\(scan.z.map { "\($0)" } ?? "none") \(exclusion.rawValue)".utf8)
    return Digest.of(identity)
  }

  private func stored(_ scan: ScanCase, key: String) throws -> Record {
    if let data = try? Data(contentsOf: recordFile(key)),
      let record = try? JSONDecoder().decode(Record.self, from: data),
      FileManager.default.fileExists(atPath: slicesFile(key).path)
    {
      return record
    }
    let prepared = try modelGrid.place(scan)
    let lesion = try prepared.lesion(of: scan)
    var record = Record(isLesionFree: prepared.slices.map { _ in true }, z: prepared.z)
    if exclusion != .voxels, let lesion {
      record.isLesionFree = prepared.placement.slices(showing: lesion).map(!)
    }
    func share(of mask: Mask) throws -> [Float] {
      try prepared.placement.toGrid(mask.voxels.map(Float.init))
    }
    var planes = [prepared.images, prepared.brain]
    switch exclusion {
    case .slices: break
    case .voxels:
      if let near = lesion?.grown(by: LesionExclusion.trainingDistance) {
        planes[1] = zip(prepared.brain, try share(of: near)).map { $1 > 0 ? 0 : $0 }
      }
    case .none: planes.append(try lesion.map(share) ?? prepared.images.map { _ in 0 })
    }
    let area = modelGrid.recipe.gridSize * modelGrid.recipe.gridSize
    var bytes = Data(capacity: planes.count * prepared.images.count * 4)
    for slice in prepared.slices.indices {
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
  /// Reads and prepares a case.
  package func place(_ scan: ScanCase) throws -> GriddedScan {
    let there = try PreprocessedScan(asItIs: scan)
    return try self.place(
      there.volume, brainMask: there.brain, toTemplate: there.toTemplate, z: there.z,
      name: scan.image.path)
  }
}
