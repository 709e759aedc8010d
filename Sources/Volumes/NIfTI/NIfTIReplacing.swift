import Base
package import Foundation

extension NIfTI {
  /// Copies a file with other values in some voxels; every other byte of the uncompressed file stays as it is.
  ///
  /// - Parameters:
  ///   - values: The scaled values by voxel index, x fastest; whole numbers are rounded and kept in their range.
  ///   - source: The file to copy.
  ///   - url: The new file, replaced atomically; one ending in `.gz` is compressed.
  /// - Throws: `VolumeError` if the source cannot be read or the copy cannot be written.
  package static func write(replacing values: [Int: Float], in source: URL, to url: URL) throws {
    let reader = try GzipReader(source, bufferSize: 1 << 18)
    var bytes = [UInt8]()
    while case let chunk = try reader.read(1 << 20), !chunk.isEmpty { bytes += chunk }
    try reader.verifyEnd()
    let parser = try NIfTIHeaderReader(
      path: source.path, bytes: Array(bytes.prefix(NIfTIHeaderReader.sizeOfNIfTI1))
    ) { count in
      Array(bytes.dropFirst(NIfTIHeaderReader.sizeOfNIfTI1).prefix(count))
    }
    let header = try parser.header(), size = header.datatype.byteCount
    let end = header.dataOffset + header.geometry.voxelCount * size
    guard bytes.count >= end else {
      throw VolumeError(.truncated(expected: end, actual: bytes.count), path: source.path)
    }
    for (voxel, value) in values {
      let stored = header.datatype.bytes(
        of: (Double(value) - header.intercept) / header.slope, isSwapped: parser.isSwapped)
      bytes.replaceSubrange(
        header.dataOffset + voxel * size..<header.dataOffset + (voxel + 1) * size, with: stored)
    }
    try WholeFile.write(to: url) { file in
      let writer = try GzipWriter(
        file.fileDescriptor, path: url.path, level: url.pathExtension.lowercased() == "gz" ? 1 : nil)
      try bytes.withUnsafeBytes(writer.write)
      try writer.finish()
    }
  }
}

extension NIfTIDatatype {
  /// The stored bytes of a number, the nearest that the type has.
  fileprivate func bytes(of value: Double, isSwapped: Bool) -> [UInt8] {
    func whole<Stored: FixedWidthInteger & BitwiseCopyable>(_: Stored.Type) -> [UInt8] {
      let rounded = value.rounded()
      let stored =
        rounded <= Double(Stored.min)
        ? Stored.min : rounded >= Double(Stored.max) ? Stored.max : Stored(rounded)
      return raw(stored)
    }
    func raw<Stored: BitwiseCopyable>(_ stored: Stored) -> [UInt8] {
      let bytes = withUnsafeBytes(of: stored, Array.init)
      return isSwapped ? bytes.reversed() : bytes
    }
    switch self {
    case .uint8: return whole(UInt8.self)
    case .int8: return whole(Int8.self)
    case .uint16: return whole(UInt16.self)
    case .int16: return whole(Int16.self)
    case .uint32: return whole(UInt32.self)
    case .int32: return whole(Int32.self)
    case .uint64: return whole(UInt64.self)
    case .int64: return whole(Int64.self)
    case .float32: return raw(Float(value))
    case .float64: return raw(value)
    }
  }
}
