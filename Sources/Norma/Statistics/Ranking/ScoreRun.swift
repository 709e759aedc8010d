/// Scored voxels in descending order, packed into about one and a half bytes per voxel.
///
/// Each distinct key is stored as the step down from the last one, with its count unless that is 1, in groups
/// of seven bits (LEB128).
struct ScoreRun {
  /// The steps and counts.
  private(set) var bytes: [UInt8] = []
  /// The numbers of lesion and of healthy voxels.
  private(set) var lesion = 0, healthy = 0

  /// One above the largest key, from which the first step goes down.
  static let top = 1 << 32
  /// The length of the longest entry in bytes: a step of 34 bits and a count of 42.
  static let longestEntry = 11

  /// Packs voxels that are in ascending order.
  init(ascending keys: [UInt32]) {
    let packed = [UInt8](unsafeUninitializedCapacity: Self.longestEntry * keys.count) { bytes, used in
      var last = Self.top, end = keys.count
      keys.withUnsafeBufferPointer { keys in
        while end > 0 {
          let key = keys[end - 1]
          var first = end - 1
          while first > 0, keys[first - 1] == key { first -= 1 }
          let count = end - first
          Self.append((last - Int(key)) << 1 | (count > 1 ? 1 : 0), to: bytes, &used)
          if count > 1 { Self.append(count, to: bytes, &used) }
          if key & 1 == 1 { lesion += count } else { healthy += count }
          last = Int(key)
          end = first
        }
      }
    }
    // The copy drops the room for the worst case.
    bytes = packed.withUnsafeBufferPointer(Array.init)
  }

  private static func append(_ value: Int, to bytes: UnsafeMutableBufferPointer<UInt8>, _ used: inout Int) {
    var rest = value
    while rest > 0x7F {
      bytes[used] = UInt8(truncatingIfNeeded: rest) | 0x80
      used += 1
      rest >>= 7
    }
    bytes[used] = UInt8(truncatingIfNeeded: rest)
    used += 1
  }
}

/// Reads a run from its highest key down, in pieces of bytes.
struct ScoreRunReader {
  private let storage: ScoreStorage
  private let pieceSize: Int
  private var piece: [UInt8] = []
  private var position = 0
  private var loaded = 0
  /// The next distinct key, nil at the end.
  private(set) var key: Int? = ScoreRun.top
  private var count = 0

  init(_ storage: ScoreStorage, pieceSize: Int) throws {
    (self.storage, self.pieceSize) = (storage, max(pieceSize, ScoreRun.longestEntry))
    try advance()
  }

  /// Hands every key of at least `floor` with its count to `body`, highest first.
  mutating func read(downTo floor: Int, _ body: (_ key: Int, _ count: Int) -> Void) throws {
    while let next = key, next >= floor {
      body(next, count)
      try advance()
    }
  }

  private mutating func advance() throws {
    if piece.count - position < ScoreRun.longestEntry, loaded < storage.byteCount { try load() }
    guard let last = key, position < piece.count else {
      key = nil
      return
    }
    let step = number()
    key = last - step >> 1
    count = step & 1 == 1 ? number() : 1
  }

  private mutating func load() throws {
    let next = try storage.bytes(from: loaded, count: pieceSize)
    loaded += next.count
    piece = Array(piece[position...]) + next
    position = 0
  }

  private mutating func number() -> Int {
    var value = 0, shift = 0
    while true {
      let byte = piece[position]
      position += 1
      value |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }
}
