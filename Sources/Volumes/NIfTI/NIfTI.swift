public import Foundation

/// Reads and writes single-file NIfTI images, plain or gzip.
///
/// NIfTI-1 and NIfTI-2 in either byte order are read; NIfTI-1 is written. One volume per file: trailing
/// dimensions of 1 are dropped, missing ones added.
public enum NIfTI {
  /// Reads and checks only the header.
  ///
  /// - Throws: `VolumeError`, as do all readers.
  public static func readHeader(_ url: URL) throws -> NIfTIHeaderInfo {
    try open(url, bufferSize: 1 << 12).header
  }

  /// Reads the geometry without the voxels, for which the file must be long enough.
  public static func readGeometry(_ url: URL) throws -> Geometry {
    let source = try open(url, bufferSize: 1 << 12)
    try source.requireVoxels()
    return source.header.geometry
  }

  /// Reads an image as Float, scaled by the header's slope and intercept.
  public static func read(_ url: URL) throws -> Volume { try readGrid(url) }

  /// Reads a mask: 1 wherever the scaled value is neither 0 nor NaN.
  public static func readMask(_ url: URL) throws -> Mask { try readGrid(url) }

  private struct Source {
    let reader: GzipReader
    let header: NIfTIHeaderInfo
    let isSwapped: Bool

    /// Throws if the file cannot contain the voxels that the header claims.
    func requireVoxels() throws {
      try reader.requireRoom(for: header.dataOffset + header.geometry.voxelCount * header.datatype.byteCount)
    }
  }

  private static func open(_ url: URL, bufferSize: UInt32) throws -> Source {
    let reader = try GzipReader(url, bufferSize: bufferSize)
    let parser = try NIfTIHeaderReader(
      path: url.path, bytes: try reader.read(NIfTIHeaderReader.sizeOfNIfTI1), more: reader.read)
    return Source(reader: reader, header: try parser.header(), isSwapped: parser.isSwapped)
  }

  private static func readGrid<Voxel: ReadableVoxel>(_ url: URL) throws -> Grid<Voxel> {
    let source = try open(url, bufferSize: 1 << 18)
    let (reader, header) = (source.reader, source.header)
    let count = header.geometry.voxelCount
    try source.requireVoxels()
    try reader.skip(to: header.dataOffset)
    let voxels = try [Voxel](unsafeUninitializedCapacity: count) { output, initialized in
      try VoxelDecoder(source.header, isSwapped: source.isSwapped).decode(reader, into: output)
      initialized = count
    }
    try reader.verifyEnd()
    return Grid(geometry: header.geometry, voxels: voxels, header: header)
  }
}
