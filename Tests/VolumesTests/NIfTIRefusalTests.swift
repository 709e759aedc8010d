import _TestSupport
import Foundation
import Testing
import Volumes

/// Files that must be refused, each with its own kind of error.
@Suite struct NIfTIRefusalTests {
  /// A valid header (5 x 4 x 3 int16, uncompressed) with some of its bytes replaced.
  struct Patch: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let offset: Int
    let bytes: [UInt8]
    let kind: VolumeError.Kind

    init<Value: BitwiseCopyable>(
      _ description: String, at offset: Int, _ values: [Value], _ kind: VolumeError.Kind
    ) {
      testDescription = description
      self.offset = offset
      bytes = values.withUnsafeBytes { Array($0) }
      self.kind = kind
    }
  }

  static let patches = [
    Patch(
      "32767 cubed", at: 40, [3, .max, .max, .max] as [Int16],
      .tooLarge(claimed: "32767 x 32767 x 32767 voxels", limit: "1073741824 voxels")),
    Patch(
      "32767 to the 7th is a series before it is large", at: 40, [7] + [Int16](repeating: .max, count: 7),
      .series4D(shape: [Int](repeating: 32767, count: 7))),
    Patch(
      "more voxels than the file has", at: 42, [1000, 1000, 1000] as [Int16],
      .truncated(expected: 2_000_000_352, actual: 472)),
    Patch("no dimension", at: 40, [0] as [Int16], .invalidHeader(field: "dim[0]", value: "0")),
    Patch("eight dimensions", at: 40, [8] as [Int16], .invalidHeader(field: "dim[0]", value: "8")),
    Patch("zero dimension", at: 44, [0] as [Int16], .invalidHeader(field: "dim[2]", value: "0")),
    Patch("negative dimension", at: 46, [-3] as [Int16], .invalidHeader(field: "dim[3]", value: "-3")),
    Patch("zero voxel", at: 80, [0, 1, 1] as [Float], .badVoxelSize([0, 1, 1])),
    Patch("negative voxel", at: 80, [1, -1, 1] as [Float], .badVoxelSize([1, -1, 1])),
    Patch("infinite voxel", at: 80, [1, 1, .infinity] as [Float], .badVoxelSize([1, 1, .infinity])),
    Patch(
      "singular sform", at: 280, [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0] as [Float],
      .badAffine([SIMD4(1, 0, 0, 0), SIMD4(1, 0, 0, 0), SIMD4(0, 0, 1, 0)])),
    Patch(
      "zero sform", at: 280, [Float](repeating: 0, count: 12),
      .badAffine([SIMD4<Double>](repeating: .zero, count: 3))),
    Patch(
      "infinite origin", at: 280, [1, 0, 0, .infinity, 0, 1, 0, 0, 0, 0, 1, 0] as [Float],
      .badAffine([SIMD4(1, 0, 0, .infinity), SIMD4(0, 1, 0, 0), SIMD4(0, 0, 1, 0)])),
    Patch("binary", at: 70, [1] as [Int16], .unsupportedDatatype("binary")),
    Patch("float128", at: 70, [1536] as [Int16], .unsupportedDatatype("float128")),
    Patch("unknown type", at: 70, [-7] as [Int16], .unsupportedDatatype("code -7")),
    Patch(
      "slope with infinite intercept", at: 112, [2, .infinity] as [Float],
      .invalidHeader(field: "scl_inter", value: "inf")),
    Patch(
      "data inside the header", at: 108, [348] as [Float],
      .invalidHeader(field: "vox_offset", value: "348.0")),
    Patch(
      "data far away", at: 108, [3e38] as [Float],
      .invalidHeader(field: "vox_offset", value: "\(Double(3e38 as Float))")),
    Patch("data past the end", at: 108, [1000] as [Float], .truncated(expected: 1120, actual: 472)),
    Patch("pair", at: 344, Array("ni1".utf8), .pairedFiles),
    Patch("no magic", at: 344, [0, 0, 0, 0] as [UInt8], .notNIfTI),
    Patch("another size of header", at: 0, [349] as [Int32], .notNIfTI),
    Patch("NIfTI-2's size of header", at: 0, [540] as [Int32], .truncated(expected: 540, actual: 472)),
  ]

  @Test(arguments: patches) func refusesHeader(patch: Patch) throws {
    try withTemporaryFolder { folder in
      var data = try Data(contentsOf: Goldens.url("int16.nii"))
      data.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
      let url = folder.appendingPathComponent("patched.nii")
      try data.write(to: url)
      let error = #expect(throws: VolumeError.self) { try NIfTI.read(url) }
      #expect(error?.kind == patch.kind)
      #expect(error?.path == url.path)
    }
  }

  @Test func refusesNaNInVoxelSizeAndAffine() throws {
    try withTemporaryFolder { folder in
      for offset in [84, 280] {
        var data = try Data(contentsOf: Goldens.url("int16.nii"))
        withUnsafeBytes(of: Float.nan) { data.replaceSubrange(offset..<offset + 4, with: $0) }
        let url = folder.appendingPathComponent("nan.nii")
        try data.write(to: url)
        switch try kindOfError({ _ = try NIfTI.readHeader(url) }) {
        case .badVoxelSize: #expect(offset == 84)
        case .badAffine: #expect(offset == 280)
        case let kind: Issue.record("\(kind) for NaN at \(offset)")
        }
      }
    }
  }

  @Test(arguments: [
    ("complex64.nii.gz", VolumeError.Kind.unsupportedDatatype("complex64")),
    ("complex128.nii.gz", .unsupportedDatatype("complex128")),
    ("RGB24.nii.gz", .unsupportedDatatype("RGB24")),
    ("series.nii.gz", .series4D(shape: [5, 4, 3, 2])),
    ("pair.hdr", .pairedFiles),
  ])
  func refusesGolden(name: String, kind: VolumeError.Kind) throws {
    #expect(try kindOfError { _ = try NIfTI.read(Goldens.url("refused-\(name)")) } == kind)
    #expect(try kindOfError { _ = try VolumeReader.read(Goldens.url("refused-\(name)")) } == kind)
  }

  @Test(arguments: ["text.nii", "text.nii.gz"]) func refusesText(name: String) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent(name)
      for text in ["", "abc", String(repeating: "not an image ", count: 200)] {
        try Data(text.utf8).write(to: url)
        let kind: VolumeError.Kind =
          text.count < 4 ? .truncated(expected: 348, actual: text.count) : .notNIfTI
        #expect(try kindOfError { _ = try NIfTI.read(url) } == kind)
      }
    }
  }

  @Test func refusesHeaderCutShort() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("short.nii")
      try Data(contentsOf: Goldens.url("int16.nii")).prefix(200).write(to: url)
      #expect(try kindOfError { _ = try NIfTI.read(url) } == .truncated(expected: 348, actual: 200))
    }
  }

  @Test func refusesMissingFileAndFolder() throws {
    try withTemporaryFolder { folder throws in
      let missing = folder.appendingPathComponent("missing.nii.gz")
      #expect(try kindOfError { _ = try NIfTI.read(missing) } == .notFound)
      #expect(
        try kindOfError { _ = try NIfTI.read(folder) } == .unreadable(reason: "it is not a regular file"))
    }
  }

  /// A compressed file truncated anywhere, even within its checksum, is refused.
  @Test func refusesTruncatedGzipWhereverItIsCut() throws {
    try withTemporaryFolder { folder in
      let whole = try Data(contentsOf: Goldens.url("float32-big-endian.nii.gz"))
      let url = folder.appendingPathComponent("cut.nii.gz")
      for count in stride(from: 20, to: whole.count, by: 1) {
        try whole.prefix(count).write(to: url)
        switch try kindOfError({ _ = try NIfTI.read(url) }) {
        case .truncated, .damaged: break
        case let kind: Issue.record("\(kind) after \(count) bytes")
        }
      }
    }
  }

  @Test func refusesGzipWithAWrongChecksum() throws {
    try withTemporaryFolder { folder in
      var data = try Data(contentsOf: Goldens.url("scaled.nii.gz"))
      data[data.count - 6] ^= 0xff
      let url = folder.appendingPathComponent("damaged.nii.gz")
      try data.write(to: url)
      #expect(
        try kindOfError { _ = try NIfTI.read(url) } == .damaged(reason: "incorrect data check"))
    }
  }

  /// A file of a few hundred bytes that claims 1000 cubed int16 voxels is refused before 4 GB are allocated.
  @Test func refusesMoreThanTheFileCanInflateTo() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("bomb.nii.gz")
      let plain = folder.appendingPathComponent("plain.nii")
      var data = try Data(contentsOf: Goldens.url("int16.nii"))
      data.replaceSubrange(42..<48, with: [0xe8, 3, 0xe8, 3, 0xe8, 3])
      try data.write(to: plain)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["gzip", "-k", plain.path]
      try process.run()
      process.waitUntilExit()
      try FileManager.default.moveItem(at: plain.appendingPathExtension("gz"), to: url)
      guard case .tooLarge = try kindOfError({ _ = try NIfTI.read(url) }) else {
        Issue.record("a bomb was not refused as too large")
        return
      }
    }
  }
}
