/// Parses and checks the fixed part of a header; every error is thrown before voxels are allocated.
struct NIfTIHeaderReader {
  static let sizeOfNIfTI1 = 348
  static let sizeOfNIfTI2 = 540
  /// About a thousand cubed: 4 GiB as Float.
  static let maximumVoxelCount = 1 << 30
  /// 64 MB of extensions, far more than programs write.
  private static let maximumDataOffset = 1 << 26

  let path: String
  private let bytes: [UInt8]
  private let version: Int
  let isSwapped: Bool

  /// Takes the first 348 bytes, or fewer of a shorter file, and reads the rest of a NIfTI-2 header with
  /// `more`.
  init(path: String, bytes: [UInt8], more: (Int) throws -> [UInt8]) throws {
    self.path = path
    guard bytes.count >= 4 else {
      throw VolumeError(.truncated(expected: Self.sizeOfNIfTI1, actual: bytes.count), path: path)
    }
    let size = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    isSwapped = [size.byteSwapped].contains { $0 == Self.sizeOfNIfTI1 || $0 == Self.sizeOfNIfTI2 }
    switch Int(isSwapped ? size.byteSwapped : size) {
    case Self.sizeOfNIfTI1: version = 1
    case Self.sizeOfNIfTI2: version = 2
    default: throw VolumeError(.notNIfTI, path: path)
    }
    let headerSize = version == 1 ? Self.sizeOfNIfTI1 : Self.sizeOfNIfTI2
    let rest = bytes.count == Self.sizeOfNIfTI1 && version == 2 ? try more(headerSize - bytes.count) : []
    self.bytes = bytes + rest
    guard self.bytes.count == headerSize else {
      throw VolumeError(.truncated(expected: headerSize, actual: self.bytes.count), path: path)
    }
    let magic = text(at: version == 1 ? 344 : 4, count: 3)
    if magic == "ni\(version)" { throw VolumeError(.pairedFiles, path: path) }
    guard magic == "n+\(version)" else { throw VolumeError(.notNIfTI, path: path) }
  }

  /// The checked header.
  func header() throws -> NIfTIHeaderInfo {
    let dimensions = try self.dimensions()
    var info = version == 1 ? try nifti1(dimensions) : try nifti2(dimensions)
    if info.sformCode <= 0, info.qformCode <= 0 {
      for axis in 0..<3 where axis >= dimensions.count { info.voxelSize[axis] = 1 }
    }
    guard info.voxelSize.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw fail(.badVoxelSize(info.voxelSize))
    }
    guard info.affine.isInvertible else { throw fail(.badAffine(info.affine.rows)) }
    if !info.slope.isFinite || info.slope == 0 { (info.slope, info.intercept) = (1, 0) }
    guard info.intercept.isFinite else {
      throw fail(.invalidHeader(field: "scl_inter", value: "\(info.intercept)"))
    }
    info.clearNonFinitePlace()
    return info
  }

  private func dimensions() throws -> [Int] {
    func dimension(_ index: Int) -> Int {
      version == 1
        ? Int(integer(Int16.self, at: 40 + 2 * index)) : Int(integer(Int64.self, at: 16 + 8 * index))
    }
    let rank = dimension(0)
    guard (1...7).contains(rank) else { throw fail(.invalidHeader(field: "dim[0]", value: "\(rank)")) }
    let dimensions = (1...rank).map(dimension)
    if let index = dimensions.firstIndex(where: { $0 < 1 }) {
      throw fail(.invalidHeader(field: "dim[\(index + 1)]", value: "\(dimensions[index])"))
    }
    if dimensions.dropFirst(3).contains(where: { $0 > 1 }) { throw fail(.series4D(shape: dimensions)) }
    var count = 1
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow, product <= Self.maximumVoxelCount else {
        let shape = dimensions.map(\.description).joined(separator: " x ")
        throw fail(.tooLarge(claimed: "\(shape) voxels", limit: "\(Self.maximumVoxelCount) voxels"))
      }
      count = product
    }
    return dimensions
  }

  private func nifti1(_ dimensions: [Int]) throws -> NIfTIHeaderInfo {
    func float(_ offset: Int) -> Double {
      Double(Float(bitPattern: integer(UInt32.self, at: offset)))
    }
    return NIfTIHeaderInfo(
      version: 1, dimensions: dimensions,
      voxelSize: voxelSize((1...3).map { float(76 + 4 * $0) }, rank: dimensions.count),
      qfac: float(76) < 0 ? -1 : 1, datatype: try datatype(code: Int(integer(Int16.self, at: 70))),
      slope: float(112), intercept: float(116),
      qformCode: Int(integer(Int16.self, at: 252)), sformCode: Int(integer(Int16.self, at: 254)),
      quaternion: [256, 260, 264].map(float), qoffset: [268, 272, 276].map(float),
      srow: [280, 296, 312].map { row in SIMD4((0..<4).map { float(row + 4 * $0) }) },
      units: Int(bytes[123]), description: text(at: 148, count: 80),
      dataOffset: try dataOffset(float(108)))
  }

  private func nifti2(_ dimensions: [Int]) throws -> NIfTIHeaderInfo {
    func double(_ offset: Int) -> Double {
      Double(bitPattern: integer(UInt64.self, at: offset))
    }
    return NIfTIHeaderInfo(
      version: 2, dimensions: dimensions,
      voxelSize: voxelSize((1...3).map { double(104 + 8 * $0) }, rank: dimensions.count),
      qfac: double(104) < 0 ? -1 : 1, datatype: try datatype(code: Int(integer(Int16.self, at: 12))),
      slope: double(176), intercept: double(184),
      qformCode: Int(integer(Int32.self, at: 344)), sformCode: Int(integer(Int32.self, at: 348)),
      quaternion: [352, 360, 368].map(double), qoffset: [376, 384, 392].map(double),
      srow: [400, 432, 464].map { row in SIMD4((0..<4).map { double(row + 8 * $0) }) },
      units: Int(integer(Int32.self, at: 500)), description: text(at: 240, count: 80),
      dataOffset: try dataOffset(Double(integer(Int64.self, at: 168))))
  }

  /// The voxel size with 1 for axes beyond the image's rank, which often have no size.
  private func voxelSize(_ stored: [Double], rank: Int) -> [Double] {
    stored.enumerated().map { axis, size in axis < rank || (size > 0 && size.isFinite) ? size : 1 }
  }

  private func datatype(code: Int) throws -> NIfTIDatatype {
    guard let datatype = NIfTIDatatype(rawValue: code) else {
      throw fail(.unsupportedDatatype(NIfTIDatatype.name(ofUnsupported: code)))
    }
    return datatype
  }

  /// The offset of the voxels; 0 often means "right after the header". The limit avoids minutes of
  /// decompression.
  private func dataOffset(_ stored: Double) throws -> Int {
    let least = bytes.count + 4
    if stored == 0 { return least }
    guard stored >= Double(least), stored <= Double(Self.maximumDataOffset) else {
      throw fail(.invalidHeader(field: "vox_offset", value: "\(stored)"))
    }
    return Int(stored)
  }

  private func integer<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    return isSwapped ? value.byteSwapped : value
  }

  /// The text as Latin-1, which keeps all bytes in a round trip.
  private func text(at offset: Int, count: Int) -> String {
    let characters = bytes[offset..<offset + count].prefix { $0 != 0 }
    return String(String.UnicodeScalarView(characters.map { Unicode.Scalar($0) }))
  }

  private func fail(_ kind: VolumeError.Kind) -> VolumeError { VolumeError(kind, path: path) }
}
