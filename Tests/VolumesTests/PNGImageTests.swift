import _TestSupport
import Foundation
import Testing
import Volumes

@Suite struct PNGImageTests {
  struct Expected: Decodable {
    let rows: [[UInt16]]
    let bitDepth: Int
  }

  static let names = ((try? Goldens.json([String: Expected].self, "png.json")) ?? [:]).keys.sorted()

  @Test func everyKindIsInTheTable() { #expect(Self.names.count == 7) }

  @Test(arguments: names) func agreesWithPillow(name: String) throws {
    let expected = try #require(Goldens.json([String: Expected].self, "png.json")[name])
    let image = try PNGImage.read(Goldens.url(name))
    #expect(image.height == expected.rows.count)
    #expect(image.width == expected.rows[0].count)
    #expect(image.samples == expected.rows.flatMap(\.self))
    #expect(image.bitDepth == expected.bitDepth)
    #expect(image.channels == 1)
    let size = try PNGImage.readSize(Goldens.url(name))
    #expect(size.width == image.width)
    #expect(size.height == image.height)
  }

  @Test(arguments: [
    ("refused-rgb.png", VolumeError.Kind.colourPNG), ("refused-palette.png", .colourPNG),
    ("refused-rgba.png", .transparentPNG), ("int16.nii", .notPNG), ("missing.png", .notFound),
  ])
  func refuses(name: String, kind: VolumeError.Kind) throws {
    #expect(try kindOfError { _ = try PNGImage.read(Goldens.url(name)) } == kind)
  }

  @Test func refusesATruncatedFileWithLibpngsReason() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("cut.png")
      try Data(contentsOf: Goldens.url("gray16.png")).prefix(90).write(to: url)
      guard case .damaged(let reason) = try kindOfError({ _ = try PNGImage.read(url) }) else {
        Issue.record("not damaged")
        return
      }
      #expect(!reason.isEmpty)
      #expect(try PNGImage.readSize(url).width == 9)
    }
  }

  /// IHDR with a valid checksum and hostile dimensions.
  @Test(arguments: [("too wide", 16385, 1), ("more than 100 bytes can inflate to", 16384, 16384)])
  func refusesHostileDimensions(_: String, width: Int, height: Int) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("hostile.png")
      let header = [width >> 8, width & 255, height >> 8, height & 255].map(UInt8.init)
      var data = try Data(contentsOf: Goldens.url("gray8.png"))
      data.replaceSubrange(18..<20, with: header[..<2])
      data.replaceSubrange(22..<24, with: header[2...])
      let checksum = crc32(data[12..<29])
      data.replaceSubrange(29..<33, with: [24, 16, 8, 0].map { UInt8(checksum >> $0 & 255) })
      try data.write(to: url)
      guard case .tooLarge(let claimed, _) = try kindOfError({ _ = try PNGImage.read(url) }) else {
        Issue.record("not too large")
        return
      }
      #expect(claimed == "\(width) x \(height) pixels")
    }
  }

  @Test func writtenPicturesComeBack() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("picture.png")
      for image in [
        PNGImage(width: 3, height: 2, gray: [0, 1, 2, 253, 254, 255] as [UInt8]),
        PNGImage(width: 2, height: 3, gray: [0, 1, 256, 4660, 65534, 65535] as [UInt16]),
        PNGImage(width: 2, height: 1, rgb: [7, 7, 7, 200, 200, 200]),
      ] {
        try image.write(to: url)
        let copy = try PNGImage.read(url)
        let stride = image.channels
        #expect(
          copy.samples == Swift.stride(from: 0, to: image.samples.count, by: stride).map { image.samples[$0] }
        )
        #expect(copy.width == image.width)
        #expect(copy.height == image.height)
        #expect(copy.bitDepth == image.bitDepth)
        #expect(try image.encoded() == Data(contentsOf: url))
      }
    }
  }

  @Test func colourIsWrittenAsRGB() throws {
    let data = try PNGImage(width: 1, height: 1, rgb: [255, 0, 10]).encoded()
    #expect(Array(data[24...25]) == [8, 2], "bit depth and colour type of IHDR")
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("red.png")
      try data.write(to: url)
      #expect(try kindOfError { _ = try PNGImage.read(url) } == .colourPNG)
    }
  }

  @Test func failureToWriteIsNamed() throws {
    try withTemporaryFolder { folder throws in
      let url = folder.appendingPathComponent("missing/a.png")
      let image = PNGImage(width: 1, height: 1, gray: [1] as [UInt8])
      #expect(
        try kindOfError { try image.write(to: url) } == .writeFailed(reason: "No such file or directory"))
    }
  }

  /// Radiological convention: column 0 is patient right, row 0 anterior.
  @Test func sliceLiesInTheWorld() throws {
    let expected = try #require(Goldens.json([String: Expected].self, "png.json")["gray8.png"])
    let volume = try VolumeReader.read(Goldens.url("gray8.png"))
    #expect(volume.shape == [9, 6, 1])
    #expect(volume[8, 2, 0] == Float(expected.rows[2][8]))
    #expect(volume.geometry.axisCodes == "LPS")
    #expect(volume.geometry.world(ofVoxel: SIMD3(0, 0, 0)) == SIMD3(4, 2.5, 0))
    #expect(volume.geometry.world(ofVoxel: SIMD3(8, 5, 0)) == SIMD3(-4, -2.5, 0))
    #expect(try VolumeReader.readGeometry(Goldens.url("gray8.png")) == volume.geometry)
    let mask = try VolumeReader.readMask(Goldens.url("gray1.png"))
    #expect(mask.count == (try VolumeReader.read(Goldens.url("gray1.png")).voxels.count { $0 == 255 }))
    #expect((1..<54).contains(mask.count))
  }

  @Test(arguments: [
    ("scan.mgz", VolumeError.Kind.unsupportedFormat("mgz")), ("scan.gz", .unsupportedFormat("gz")),
    ("scan", .unsupportedFormat("")), ("scan.img", .pairedFiles), ("scan.HDR.gz", .pairedFiles),
  ])
  func otherFormatsAreRefusedByName(name: String, kind: VolumeError.Kind) throws {
    #expect(try kindOfError { _ = try VolumeReader.read(URL(fileURLWithPath: "/nowhere/\(name)")) } == kind)
  }
}

/// The checksum of PNG chunks.
private func crc32(_ data: Data) -> UInt32 {
  ~data.reduce(UInt32.max) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
    }
  }
}
