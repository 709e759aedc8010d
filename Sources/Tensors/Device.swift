internal import CTorch

/// The device that holds a tensor and runs its operators.
public enum Device: Hashable, Sendable, CustomStringConvertible {
  case cpu
  case cuda(Int)
  case mps

  /// Parses `auto`, `cpu`, `cuda`, `cuda:n` or `mps`.
  ///
  /// - Throws: `DeviceError` for any other text.
  public init(parsing text: String) throws(DeviceError) {
    switch text {
    case "auto": self = .best
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    case "mps": self = .mps
    default:
      let prefix = "cuda:"
      let digits = text.dropFirst(prefix.count)
      guard text.hasPrefix(prefix), digits.allSatisfy(\.isWholeNumber), let index = Int8(digits) else {
        throw DeviceError(text: text)
      }
      self = .cuda(Int(index))
    }
  }

  /// The fastest device of this machine: the first CUDA device, else MPS, else the CPU.
  public static var best: Device {
    [Device.cuda(0), .mps].first(where: \.isAvailable) ?? .cpu
  }

  /// Whether this machine has the device. The check for CUDA loads its library.
  public var isAvailable: Bool {
    switch self {
    case .cpu: true
    case .cuda(let index): (try? Engine.loadCUDA()) != nil && index < Self.count(CT_CUDA)
    case .mps: Self.count(CT_MPS) > 0
    }
  }

  /// The text that `init(parsing:)` parses.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }

  /// The number of devices of a type; 0 if libtorch cannot count them.
  private static func count(_ type: Int) -> Int {
    var count: Int32 = 0
    return ct_device_count(Int32(type), &count) == CT_OK ? Int(count) : 0
  }

  var handle: CTDevice {
    switch self {
    case .cpu: CTDevice(type: Int32(CT_CPU), index: -1)
    case .cuda(let index): CTDevice(type: Int32(CT_CUDA), index: Int32(index))
    case .mps: CTDevice(type: Int32(CT_MPS), index: 0)
    }
  }

  init(handle: CTDevice) {
    switch Int(handle.type) {
    case Int(CT_CUDA): self = .cuda(Int(handle.index))
    case Int(CT_MPS): self = .mps
    default: self = .cpu
    }
  }
}

/// An unknown device name.
public struct DeviceError: Error, Equatable, CustomStringConvertible {
  /// The name.
  public let text: String

  /// The unknown name and the known names.
  public var description: String {
    "'\(text)' is not a device: use auto, cpu, cuda, cuda:n or mps"
  }
}
