package import Foundation

/// An exact ranking of any number of scored voxels: one sorted run per case, in memory up to a budget and in
/// a scratch file beyond it, merged when read.
package struct RankedVoxels {
  /// A score and the numbers of voxels that have it.
  struct Tie {
    let score: Float
    var lesion = 0
    var healthy = 0
  }

  private let memoryBudget: Int
  private let scratchFolder: URL
  private var scratch: ScratchFile?
  private var runs: [(storage: ScoreStorage, group: Int)] = []
  private var bytesInMemory = 0
  /// The numbers of lesion and of healthy voxels.
  package private(set) var lesion = 0, healthy = 0

  /// Keeps up to `memoryBudget` bytes of scores in memory (a voxel takes one or two) and the rest in an
  /// unnamed file in `scratchFolder`.
  package init(
    memoryBudget: Int = 64 << 20, scratchFolder: URL = FileManager.default.temporaryDirectory
  ) {
    (self.memoryBudget, self.scratchFolder) = (memoryBudget, scratchFolder)
  }

  /// The number of voxels.
  package var count: Int { lesion + healthy }

  /// Adds the voxels of a case; `group` is the number of their participant, from 0.
  ///
  /// - Throws: A ``Problem`` if the scratch file cannot be written.
  package mutating func add(_ voxels: ScoredVoxels, group: Int = 0) throws {
    var voxels = voxels
    voxels.sort()
    try add(ScoreRun(ascending: voxels.packed), group: group)
  }

  mutating func add(_ run: ScoreRun, group: Int) throws {
    lesion += run.lesion
    healthy += run.healthy
    if bytesInMemory + run.bytes.count <= memoryBudget {
      runs.append((.memory(run.bytes), group))
      bytesInMemory += run.bytes.count
    } else {
      let file = try scratch ?? ScratchFile(in: scratchFolder)
      scratch = file
      runs.append((.file(file, offset: try file.append(run.bytes), count: run.bytes.count), group))
    }
  }

  /// Calls `body` for every distinct score, highest first.
  func forEachTieDescending(_ body: (Tie) -> Void) throws {
    var window = TieWindow()
    var readers = try runs.map { try reader($0.storage) }
    while let highest = readers.lazy.compactMap(\.key).max() {
      let floor = highest / TieWindow.keys * TieWindow.keys
      for index in readers.indices {
        try readers[index].read(downTo: floor) { window.add($1, at: $0 - floor) }
      }
      window.empty(floor: floor, body)
    }
  }

  /// The numbers of voxels of each group in each bin, first of lesion voxels, then of healthy ones. Bin b
  /// holds the scores above `edges[b]` (edges fall), the last bin the rest.
  func histograms(fallingEdges edges: [Float], groups: Int) throws -> [[Float]] {
    let bins = edges.count + 1
    // A score exceeds an edge when its packed key is at least this.
    let floors = edges.map { (Int($0.bitPattern) + 1) << 1 }
    var histograms = [[Int]](repeating: [Int](repeating: 0, count: 2 * bins), count: groups)
    for run in runs {
      var reader = try reader(run.storage)
      for bin in 0..<bins {
        try reader.read(downTo: bin < edges.count ? floors[bin] : 0) { key, count in
          histograms[run.group][key & 1 == 1 ? bin : bins + bin] += count
        }
      }
    }
    return histograms.map { $0.map(Float.init) }
  }

  private func reader(_ storage: ScoreStorage) throws -> ScoreRunReader {
    let budget = memoryBudget / max(runs.count, 1)
    return try ScoreRunReader(storage, pieceSize: min(max(budget, 4 << 10), 1 << 20))
  }
}

/// The counts of a range of keys, by which any number of runs are merged in linear time.
private struct TieWindow {
  static let keys = 1 << 16
  private var counts = [Int](repeating: 0, count: keys)
  /// One bit per score, set where there is a count.
  private var occupied = [UInt64](repeating: 0, count: keys / 128)

  mutating func add(_ count: Int, at offset: Int) {
    counts[offset] += count
    occupied[offset >> 7] |= 1 << UInt64(offset >> 1 & 63)
  }

  /// Hands over the counts, highest score first, and clears them.
  mutating func empty(floor: Int, _ body: (RankedVoxels.Tie) -> Void) {
    for word in occupied.indices.reversed() {
      while occupied[word] != 0 {
        let bit = 63 - occupied[word].leadingZeroBitCount
        let offset = (word << 6 | bit) << 1
        let score = Float(bitPattern: UInt32((floor + offset) >> 1))
        body(RankedVoxels.Tie(score: score, lesion: counts[offset + 1], healthy: counts[offset]))
        (counts[offset], counts[offset + 1]) = (0, 0)
        occupied[word] &= ~(1 << UInt64(bit))
      }
    }
  }
}
