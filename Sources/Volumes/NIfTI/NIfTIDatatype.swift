/// The real-valued voxel types of NIfTI with their header codes.
public enum NIfTIDatatype: Int, Hashable, Sendable, Codable {
  case uint8 = 2
  case int16 = 4
  case int32 = 8
  case float32 = 16
  case float64 = 64
  case int8 = 256
  case uint16 = 512
  case uint32 = 768
  case int64 = 1024
  case uint64 = 1280

  /// The size of one stored value in bytes.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The standard's name of an unsupported code.
  static func name(ofUnsupported code: Int) -> String {
    let names = [
      1: "binary", 32: "complex64", 128: "RGB24", 1536: "float128", 1792: "complex128",
      2048: "complex256", 2304: "RGBA32",
    ]
    return names[code] ?? "code \(code)"
  }
}

/// A voxel value that can be written to a NIfTI file.
public protocol NIfTIVoxel: Sendable {
  /// The type it is written as.
  static var datatype: NIfTIDatatype { get }
}

/// A voxel value that a NIfTI file can be read into.
protocol ReadableVoxel: NIfTIVoxel {
  /// Makes a voxel from the stored number after scaling.
  init(scaled: Double)
}

extension Float: ReadableVoxel {
  /// Written as float32.
  public static var datatype: NIfTIDatatype { .float32 }
  init(scaled: Double) { self = Float(scaled) }
}

extension UInt8: ReadableVoxel {
  /// Written as uint8.
  public static var datatype: NIfTIDatatype { .uint8 }
  /// 1 for any number except 0, as in a mask. NaN, which some programs store as background, is 0.
  init(scaled: Double) { self = scaled == 0 || scaled.isNaN ? 0 : 1 }
}

extension Int32: NIfTIVoxel {
  /// Written as int32.
  public static var datatype: NIfTIDatatype { .int32 }
}
