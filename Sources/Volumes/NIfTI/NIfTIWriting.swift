import Base
public import Foundation

extension NIfTI {
  /// Writes an image or map as float32, a mask as uint8 and labels as int32. The file is replaced atomically.
  ///
  /// - Parameters:
  ///   - grid: The voxels and their geometry.
  ///   - url: The file; one ending in `.gz` is compressed, equal grids into equal bytes.
  ///   - header: The source of the spatial fields, by default the grid's own header. They are copied bit for
  ///     bit if they describe the same grid; otherwise the sform is that of the geometry. Texts are not
  ///     copied, since they may name the patient.
  ///   - compressionLevel: 1 (fast) to 9 (small).
  /// - Throws: `VolumeError` of the kind `writeFailed`.
  public static func write<Voxel: NIfTIVoxel>(
    _ grid: Grid<Voxel>, to url: URL, like header: NIfTIHeaderInfo? = nil, compressionLevel: Int = 1
  ) throws {
    precondition((1...9).contains(compressionLevel), "compression level \(compressionLevel)")
    let bytes = try headerBytes(of: grid, like: header, path: url.path)
    let isCompressed = url.pathExtension.lowercased() == "gz"
    try writing {
      try WholeFile.write(to: url) { file in
        let writer = try GzipWriter(
          file.fileDescriptor, path: url.path, level: isCompressed ? compressionLevel : nil)
        try bytes.withUnsafeBytes(writer.write)
        try grid.voxels.withUnsafeBytes(writer.write)
        try writer.finish()
      }
    }
  }

  /// The bytes of an uncompressed file: 352 of the header, then the voxels, x fastest.
  ///
  /// - Throws: `VolumeError` of the kind `writeFailed` for a grid beyond NIfTI-1's limit.
  public static func data<Voxel: NIfTIVoxel>(of grid: Grid<Voxel>) throws -> Data {
    var data = Data(try headerBytes(of: grid, like: nil, path: nil))
    grid.voxels.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  private static func headerBytes<Voxel: NIfTIVoxel>(
    of grid: Grid<Voxel>, like header: NIfTIHeaderInfo?, path: String?
  ) throws -> [UInt8] {
    guard grid.shape.allSatisfy({ $0 <= Int16.max }) else {
      throw VolumeError(
        .writeFailed(reason: "a dimension is above \(Int16.max), NIfTI-1's limit"), path: path)
    }
    return NIfTIHeaderWriter(
      geometry: grid.geometry, datatype: Voxel.datatype, source: header ?? grid.header
    ).bytes()
  }
}

/// A writer of NIfTI-1 headers in the machine's byte order, which readers detect.
struct NIfTIHeaderWriter {
  private static let millimetres: UInt8 = 2

  let geometry: Geometry
  let datatype: NIfTIDatatype
  let source: NIfTIHeaderInfo?

  /// The header and the empty extension flag: 352 bytes.
  func bytes() -> [UInt8] {
    var layout = Layout()
    layout.put(Int32(NIfTIHeaderReader.sizeOfNIfTI1), at: 0)
    layout.put([3] + geometry.shape.map(Int16.init) + [1, 1, 1, 1], at: 40)
    layout.put(Int16(datatype.rawValue), at: 70)
    layout.put(Int16(8 * datatype.byteCount), at: 72)
    layout.put(Float(layout.bytes.count), at: 108)
    layout.put(Float(1), at: 112)
    layout.put(Self.millimetres, at: 123)
    layout.put(Array("n+1".utf8), at: 344)
    if let source, source.geometry.matches(geometry, tolerance: 1e-6) {
      putPlace(of: source, into: &layout)
    } else {
      putSform(into: &layout)
    }
    return layout.bytes
  }

  private func putPlace(of source: NIfTIHeaderInfo, into layout: inout Layout) {
    layout.put([Float(source.qfac)] + source.voxelSize.map { Float($0) }, at: 76)
    layout.put([Int16(clamping: source.qformCode), Int16(clamping: source.sformCode)], at: 252)
    layout.put((source.quaternion + source.qoffset).map { Float($0) }, at: 256)
    putRows(source.srow, into: &layout)
  }

  private func putSform(into layout: inout Layout) {
    let spacing = geometry.spacing
    layout.put([1, Float(spacing.x), Float(spacing.y), Float(spacing.z)], at: 76)
    let codes = [source?.sformCode, source?.qformCode].compactMap { $0 }
    layout.put(Int16(clamping: codes.first { $0 > 0 } ?? 1), at: 254)
    putRows(geometry.affine.rows, into: &layout)
  }

  private func putRows(_ rows: [SIMD4<Double>], into layout: inout Layout) {
    layout.put(rows.flatMap { row in (0..<4).map { Float(row[$0]) } }, at: 280)
  }

  private struct Layout {
    var bytes = [UInt8](repeating: 0, count: NIfTIHeaderReader.sizeOfNIfTI1 + 4)

    mutating func put<Value>(_ value: Value, at offset: Int) where Value: BitwiseCopyable {
      bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Value.self) }
    }

    mutating func put<Value>(_ values: [Value], at offset: Int) where Value: BitwiseCopyable {
      for (index, value) in values.enumerated() {
        put(value, at: offset + index * MemoryLayout<Value>.stride)
      }
    }
  }
}
