import CImageIO
import Base
public import Foundation

/// A grey or RGB image in memory, row 0 first.
public struct PNGImage: Hashable, Sendable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 8 or 16.
  public let bitDepth: Int
  /// 1 (grey) or 3 (RGB).
  public let channels: Int
  /// height x width x channels, row by row, channels interleaved; at most 255 when `bitDepth` is 8.
  public let samples: [UInt16]

  /// Creates a grey image with 8 bits per pixel from height x width values.
  public init(width: Int, height: Int, gray: [UInt8]) {
    self.init(width: width, height: height, bitDepth: 8, channels: 1, samples: gray.map(UInt16.init))
  }

  /// Creates a grey image with 16 bits per pixel from height x width values.
  public init(width: Int, height: Int, gray: [UInt16]) {
    self.init(width: width, height: height, bitDepth: 16, channels: 1, samples: gray)
  }

  /// Creates a colour image with 8 bits per channel from height x width x 3 values.
  public init(width: Int, height: Int, rgb: [UInt8]) {
    self.init(width: width, height: height, bitDepth: 8, channels: 3, samples: rgb.map(UInt16.init))
  }

  private init(width: Int, height: Int, bitDepth: Int, channels: Int, samples: [UInt16]) {
    precondition(width > 0 && height > 0 && samples.count == width * height * channels)
    self.width = width
    self.height = height
    self.bitDepth = bitDepth
    self.channels = channels
    self.samples = samples
  }

  /// Reads only the width and height.
  ///
  /// - Throws: `VolumeError` if the file is not a PNG image.
  public static func readSize(_ url: URL) throws -> (width: Int, height: Int) {
    let image = try load(url, cimage_png_read_header)
    return (Int(image.width), Int(image.height))
  }

  /// Reads a grey image; RGB with equal channels and opaque alpha are accepted.
  ///
  /// - Throws: `VolumeError`, of the kind `colourPNG` or `transparentPNG` for other images.
  public static func read(_ url: URL) throws -> PNGImage {
    let image = try load(url, cimage_png_read)
    defer { cimage_free(image.samples) }
    let count = Int(image.width) * Int(image.height)
    let bytes = UnsafeRawBufferPointer(
      start: image.samples, count: count * Int(image.channels) * Int(image.bit_depth / 8))
    let gray =
      image.bit_depth == 16
      ? try gray(bytes.bindMemory(to: UInt16.self), channels: Int(image.channels), path: url.path)
      : try gray(bytes.bindMemory(to: UInt8.self), channels: Int(image.channels), path: url.path)
    return PNGImage(
      width: Int(image.width), height: Int(image.height), bitDepth: Int(image.bit_depth), channels: 1,
      samples: gray)
  }

  /// The bytes of a PNG file; equal images give equal bytes.
  public func encoded() throws -> Data { try encoded(path: nil) }

  /// Writes the image atomically.
  ///
  /// - Throws: `VolumeError` of the kind `writeFailed`.
  public func write(to url: URL) throws {
    try writing { try WholeFile.write(encoded(path: url.path), to: url) }
  }

  private func encoded(path: String?) throws -> Data {
    let eightBit = bitDepth == 8 ? samples.map(UInt8.init(truncatingIfNeeded:)) : []
    func encode(_ bytes: UnsafeRawBufferPointer) throws -> Data {
      var image = CImagePNG()
      image.width = UInt32(width)
      image.height = UInt32(height)
      image.bit_depth = UInt8(bitDepth)
      image.channels = UInt8(channels)
      image.samples = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
      var message = [CChar](repeating: 0, count: Int(CIMAGE_MESSAGE_CAPACITY))
      var output: UnsafeMutablePointer<UInt8>?
      var count = 0
      guard cimage_png_encode(&image, &output, &count, &message) == CIMAGE_OK, let output else {
        throw VolumeError(.writeFailed(reason: Self.text(message)), path: path)
      }
      defer { cimage_free(output) }
      return Data(bytes: output, count: count)
    }
    return bitDepth == 8
      ? try eightBit.withUnsafeBytes(encode) : try samples.withUnsafeBytes(encode)
  }

  private static func gray<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: UnsafeBufferPointer<Sample>, channels: Int, path: String
  ) throws -> [UInt16] {
    let hasAlpha = channels == 2 || channels == 4
    return try stride(from: 0, to: samples.count, by: channels).map { start in
      if hasAlpha, samples[start + channels - 1] != .max {
        throw VolumeError(.transparentPNG, path: path)
      }
      if channels >= 3, samples[start] != samples[start + 1] || samples[start] != samples[start + 2] {
        throw VolumeError(.colourPNG, path: path)
      }
      return UInt16(samples[start])
    }
  }

  private typealias Reader =
    (UnsafePointer<CChar>, UnsafeMutablePointer<CImagePNG>, UnsafeMutablePointer<CChar>) -> CImageStatus

  private static func load(_ url: URL, _ read: Reader) throws -> CImagePNG {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw VolumeError(.notFound, path: url.path)
    }
    var image = CImagePNG()
    var buffer = [CChar](repeating: 0, count: Int(CIMAGE_MESSAGE_CAPACITY))
    let status = read(url.path, &image, &buffer)
    let kind: VolumeError.Kind
    switch status {
    case CIMAGE_OK: return image
    case CIMAGE_NOT_PNG: kind = .notPNG
    case CIMAGE_TOO_LARGE:
      kind = .tooLarge(
        claimed: text(buffer),
        limit: "\(CIMAGE_PNG_MAX_DIMENSION) pixels per side and 1032 bytes per compressed byte")
    case CIMAGE_NO_MEMORY: kind = .unreadable(reason: "out of memory")
    case CIMAGE_CORRUPT: kind = .damaged(reason: text(buffer))
    default: kind = .unreadable(reason: text(buffer))
    }
    throw VolumeError(kind, path: url.path)
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
