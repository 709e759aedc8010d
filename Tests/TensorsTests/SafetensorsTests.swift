import _TestSupport
import Foundation
import Testing

@testable import Tensors

struct SafetensorsTests {
  @Test func readsWhatPythonWrote() throws {
    let (tensors, metadata) = try Safetensors.read(Goldens.url("interop.safetensors"))
    #expect(metadata["note"] == "straße \"1\"")
    let types: [String: DType] = [
      "F32": .float32, "F64": .float64, "BF16": .bfloat16, "F16": .float16, "I64": .int64, "I32": .int32,
      "U8": .uint8, "BOOL": .bool,
    ]
    for (name, dtype) in types {
      let tensor = try #require(tensors[name])
      #expect(tensor.dtype == dtype)
      #expect(tensor.shape == [2, 3])
      #expect(try tensor.values() == (dtype == .bool ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 100]))
    }
    #expect(try tensors["scalar"]?.item() == 2.5)
    #expect(tensors["scalar"]?.shape == [])
    #expect(tensors["empty"]?.shape == [0, 3])
    #expect(tensors.count == types.count + 2)
  }

  @Test func writesWhatItReads() throws {
    let original = try Safetensors.read(Goldens.url("interop.safetensors"))
    try withTemporaryFolder { directory in
      let url = directory.appending(path: "copy.safetensors")
      try Safetensors.write(original.tensors, metadata: original.metadata, to: url)
      let copy = try Safetensors.read(url)
      #expect(copy.metadata == original.metadata)
      #expect(Set(copy.tensors.keys) == Set(original.tensors.keys))
      for (name, tensor) in copy.tensors {
        #expect(tensor.dtype == original.tensors[name]?.dtype)
        #expect(tensor.shape == original.tensors[name]?.shape)
        #expect(try tensor.bytes() == original.tensors[name]?.bytes())
      }
      let header = try Safetensors.readHeader(url)
      #expect(header.entries["F64"]?.dtype == .float64)
      #expect(header.entries["F64"]?.range.count == 48)
      #expect(header.metadata == original.metadata)
    }
  }

  @Test func equalContentsGiveEqualBytes() throws {
    try withTemporaryFolder { directory in
      let names = (0..<20).map { "layer.\($0).weight" }
      let files = try ["a", "b"].map { name in
        let url = directory.appending(path: name)
        let shuffled = try names.shuffled().map { ($0, try Tensor.full([2], Float($0.count))) }
        try Safetensors.write(
          Dictionary(uniqueKeysWithValues: shuffled), metadata: ["z": "1", "a": "2"], to: url)
        return try Data(contentsOf: url)
      }
      #expect(files[0] == files[1])
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["a", "b"])
    }
  }

  @Test func replacesAFileWhole() throws {
    try withTemporaryFolder { directory in
      let url = directory.appending(path: "weights.safetensors")
      try Safetensors.write(["x": .ones([100])], to: url)
      try Safetensors.write(["y": .ones([1])], to: url)
      #expect(try Array(Safetensors.read(url).tensors.keys) == ["y"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 1)
    }
  }

  @Test func leavesNothingBehindWhereItCannotWrite() throws {
    try withTemporaryFolder { directory in
      let folder = directory.appending(path: "folder")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let error = #expect(throws: SafetensorsError.self) {
        try Safetensors.write(["x": .ones([1])], to: folder)
      }
      #expect(error?.description == "\(folder.path): cannot be written: Is a directory")
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["folder"])

      let nowhere = directory.appending(path: "missing/x.safetensors")
      #expect(throws: SafetensorsError.self) { try Safetensors.write([:], to: nowhere) }
    }
  }

  /// A file of a header and zeros; `length` replaces the true length of the header.
  static func file(_ header: String, elements: Int = 0, length: UInt64? = nil) -> Data {
    let length = length ?? UInt64(header.utf8.count)
    return withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(header.utf8) + Data(count: elements)
  }

  static func header(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    #"{"x":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  static let hostile: [Row<(Data, String)>] = [
    Row("empty", (Data(), "0 bytes are too few for a safetensors file")),
    Row("short", (Data(count: 7), "7 bytes are too few for a safetensors file")),
    Row("truncated header", (file("{}", length: 40), "the header claims 40 bytes, the file has 10")),
    Row(
      "huge header",
      (file("{}", length: .max), "the header claims 18446744073709551615 bytes, the file has 10")
    ),
    Row("no JSON", (file("weights"), "the header is not a valid JSON object")),
    Row("no object", (file("[]"), "the header is not a valid JSON object")),
    Row(
      "number as metadata",
      (file(#"{"__metadata__":{"a":1}}"#), "the header is not a valid JSON object")),
    Row("missing field", (file(#"{"x":{"dtype":"F32"}}"#), "the header is not a valid JSON object")),
    Row(
      "deep nesting",
      (file(String(repeating: "[", count: 100_000)), "the header is not a valid JSON object")
    ),
    Row(
      "unknown type",
      (
        file(header("F8_E4M3", "[4]", "[0,4]"), elements: 4),
        "tensor x: element type F8_E4M3 is not supported"
      )
    ),
    Row(
      "wrong type",
      (
        file(header("F64", "[4]", "[0,16]"), elements: 16),
        "tensor x: shape [4] of F64 does not fill offsets [0, 16]"
      )),
    Row(
      "negative size",
      (file(header("F32", "[-1,-4]", "[0,16]"), elements: 16), "tensor x: shape [-1, -4] is invalid")
    ),
    Row(
      "overflowing shape",
      (
        file(header("F32", "[4611686018427387904,4]", "[0,0]")),
        "tensor x: shape [4611686018427387904, 4] is invalid"
      )),
    Row(
      "overflow hidden by zero",
      (
        file(header("F32", "[0,9223372036854775807,9223372036854775807]", "[0,0]")),
        "tensor x: shape [0, 9223372036854775807, 9223372036854775807] is invalid"
      )),
    Row(
      "reversed offsets",
      (file(header("F32", "[1]", "[4,0]"), elements: 4), "tensor x: offsets [4, 0] are not a range")),
    Row(
      "negative offsets",
      (file(header("F32", "[1]", "[-4,0]"), elements: 4), "tensor x: offsets [-4, 0] are not a range")),
    Row(
      "one offset", (file(header("F32", "[1]", "[4]"), elements: 4), "tensor x: offsets [4] are not a range")),
    Row(
      "truncated elements",
      (file(header("F32", "[2]", "[0,8]"), elements: 4), "the tensors need 8 bytes, the file holds 4")),
    Row(
      "trailing bytes",
      (file(header("F32", "[1]", "[0,4]"), elements: 5), "the tensors need 4 bytes, the file holds 5")),
    Row("gap", (file(header("F32", "[1]", "[4,8]"), elements: 8), "tensor x starts at byte 4, not 0")),
    Row(
      "overlap",
      (
        file(
          #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
          elements: 8),
        "tensor y starts at byte 4, not 8"
      )),
  ]

  @Test(arguments: hostile)
  func refusesUnsoundFiles(row: Row<(Data, String)>) throws {
    try withTemporaryFolder { directory in
      let url = directory.appending(path: "hostile.safetensors")
      try row.body.0.write(to: url)
      let error = #expect(throws: SafetensorsError.self) { try Safetensors.read(url) }
      #expect(error?.description == "\(url.path): \(row.body.1)")
      #expect(throws: try #require(error)) { try Safetensors.readHeader(url) }
    }
  }

  @Test func saysThatAFileIsMissing() {
    let url = URL(filePath: "/nowhere/weights.safetensors")
    let error = #expect(throws: SafetensorsError.self) { try Safetensors.read(url) }
    #expect(error?.description.hasPrefix("/nowhere/weights.safetensors: cannot be read: ") == true)
  }
}
