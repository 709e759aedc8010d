/// A decoder of stored values to voxels, chunk by chunk while reading.
struct VoxelDecoder {
  private static let chunkByteCount = 1 << 20

  private let datatype: NIfTIDatatype
  private let isSwapped: Bool
  private let slope: Double
  private let intercept: Double

  init(_ header: NIfTIHeaderInfo, isSwapped: Bool) {
    datatype = header.datatype
    self.isSwapped = isSwapped
    slope = header.slope
    intercept = header.intercept
  }

  func decode<Voxel: ReadableVoxel>(
    _ reader: GzipReader, into output: UnsafeMutableBufferPointer<Voxel>
  ) throws {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkByteCount, alignment: 16)
    defer { chunk.deallocate() }
    let end = reader.byteCountRead + output.count * datatype.byteCount
    var done = 0
    while done < output.count {
      let wanted = min(chunk.count, (output.count - done) * datatype.byteCount)
      let bytes = UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted])
      guard try reader.read(into: bytes) == wanted else {
        throw VolumeError(.truncated(expected: end, actual: reader.byteCountRead), path: reader.path)
      }
      if isSwapped { swapBytes(of: bytes) }
      let count = wanted / datatype.byteCount
      convert(bytes, into: UnsafeMutableBufferPointer(rebasing: output[done..<done + count]))
      done += count
    }
  }

  private func convert<Voxel: ReadableVoxel>(
    _ bytes: UnsafeMutableRawBufferPointer, into output: UnsafeMutableBufferPointer<Voxel>
  ) {
    func convert<Stored>(_: Stored.Type, _ real: (Stored) -> Double) {
      let stored = bytes.bindMemory(to: Stored.self)
      if slope == 1 && intercept == 0 {
        for index in stored.indices {
          output.initializeElement(at: index, to: Voxel(scaled: real(stored[index])))
        }
      } else {
        for index in stored.indices {
          output.initializeElement(at: index, to: Voxel(scaled: real(stored[index]) * slope + intercept))
        }
      }
    }
    switch datatype {
    case .uint8: convert(UInt8.self) { Double($0) }
    case .int8: convert(Int8.self) { Double($0) }
    case .uint16: convert(UInt16.self) { Double($0) }
    case .int16: convert(Int16.self) { Double($0) }
    case .uint32: convert(UInt32.self) { Double($0) }
    case .int32: convert(Int32.self) { Double($0) }
    case .uint64: convert(UInt64.self) { Double($0) }
    case .int64: convert(Int64.self) { Double($0) }
    case .float32: convert(Float.self) { Double($0) }
    case .float64: convert(Double.self) { $0 }
    }
  }

  private func swapBytes(of bytes: UnsafeMutableRawBufferPointer) {
    func swap<Word: FixedWidthInteger>(_: Word.Type) {
      let words = bytes.bindMemory(to: Word.self)
      for index in words.indices { words[index] = words[index].byteSwapped }
    }
    switch datatype.byteCount {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }
}
