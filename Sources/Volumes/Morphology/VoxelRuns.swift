import Dispatch

/// The runs of set voxels along x, in the order of the voxels, and which of them are connected (union-find).
struct VoxelRuns {
  private let width, height, depth: Int
  /// The voxel indices of each run.
  private(set) var all: [Range<Int>] = []
  /// The runs of each row of voxels.
  private var rows: [Range<Int>] = []
  private var parents: [Int32] = []

  init(of mask: Mask) {
    (width, height, depth) = (mask.shape[0], mask.shape[1], mask.shape[2])
    rows.reserveCapacity(height * depth)
    mask.voxels.withUnsafeBytes { voxels in
      for row in 0..<height * depth {
        let first = all.count
        appendRuns(of: voxels, in: row * width..<(row + 1) * width)
        rows.append(first..<all.count)
      }
    }
    parents = all.indices.map(Int32.init)
  }

  /// Appends the runs of one row. Eight voxels are tested at once, one per byte of a word.
  private mutating func appendRuns(of voxels: UnsafeRawBufferPointer, in row: Range<Int>) {
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var voxel = row.lowerBound, start = 0, isInside = false
    while voxel + 8 <= row.upperBound {
      let word = UInt64(littleEndian: voxels.loadUnaligned(fromByteOffset: voxel, as: UInt64.self))
      // The high bit of each byte says whether the byte is set.
      let isSet = ((word & ~highBits) &+ ~highBits | word) & highBits
      var changes = isSet ^ (isSet << 8 | (isInside ? 0x80 : 0))
      while changes != 0 {
        let change = voxel + changes.trailingZeroBitCount / 8
        if isInside { all.append(start..<change) } else { start = change }
        isInside.toggle()
        changes &= changes - 1
      }
      voxel += 8
    }
    while voxel < row.upperBound {
      if (voxels[voxel] != 0) != isInside {
        if isInside { all.append(start..<voxel) } else { start = voxel }
        isInside.toggle()
      }
      voxel += 1
    }
    if isInside { all.append(start..<row.upperBound) }
  }

  /// The voxels of a mask of `count` voxels, those of each run with its `numbers`, the others 0.
  func labels(_ numbers: [Int32], count: Int) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // Each part writes its own runs and the voxels between them.
      nonisolated(unsafe) let labels = buffer
      let parts = 8
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let runs = all.count * part / parts..<all.count * (part + 1) / parts
        var voxel = part == 0 ? 0 : runs.lowerBound < all.count ? all[runs.lowerBound].lowerBound : count
        for run in runs {
          labels[voxel..<all[run].lowerBound].initialize(repeating: 0)
          labels[all[run]].initialize(repeating: numbers[run])
          voxel = all[run].upperBound
        }
        let end = runs.upperBound < all.count ? all[runs.upperBound].lowerBound : count
        labels[voxel..<end].initialize(repeating: 0)
      }
      initializedCount = count
    }
  }

  /// Joins each run with those that it touches in the rows before its own.
  mutating func joinNeighbours() {
    for z in 0..<depth {
      for y in 0..<height where !rows[z * height + y].isEmpty {
        let row = z * height + y
        if y > 0 { join(row, row - 1) }
        guard z > 0 else { continue }
        for other in max(y - 1, 0)...min(y + 1, height - 1) { join(row, (z - 1) * height + other) }
      }
    }
  }

  /// Joins the runs of two rows that touch, if only at a corner.
  private mutating func join(_ row: Int, _ other: Int) {
    let shift = (row - other) * width
    var (run, neighbour) = (rows[row].lowerBound, rows[other].lowerBound)
    while run < rows[row].upperBound, neighbour < rows[other].upperBound {
      let near = all[neighbour].lowerBound + shift...all[neighbour].upperBound + shift
      if near.upperBound < all[run].lowerBound {
        neighbour += 1
      } else if all[run].upperBound < near.lowerBound {
        run += 1
      } else {
        unite(run, neighbour)
        if near.upperBound < all[run].upperBound { neighbour += 1 } else { run += 1 }
      }
    }
  }

  private mutating func unite(_ run: Int, _ other: Int) {
    // Most runs that touch have been united with the same run already.
    guard parents[run] != parents[other] else { return }
    let (a, b) = (root(run), root(other))
    parents[max(a, b)] = Int32(min(a, b))
  }

  private mutating func root(_ run: Int) -> Int {
    var run = run
    while Int(parents[run]) != run {
      parents[run] = parents[Int(parents[run])]
      run = Int(parents[run])
    }
    return run
  }

  /// The component of each run, numbered from 0 in the order of their first run, and the number of
  /// components.
  mutating func components() -> (ofRuns: [Int], count: Int) {
    var components = [Int](repeating: 0, count: all.count), count = 0
    for run in all.indices {
      let first = root(run)
      components[run] = first == run ? count : components[first]
      if first == run { count += 1 }
    }
    return (components, count)
  }
}
