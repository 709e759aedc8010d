import _TestSupport
import Foundation
import Testing
import Volumes

@Suite struct NIfTIReadingTests {
  struct Expected: Decodable {
    let affine: Affine
    let shape: [Int]
    let axisCodes: String
    let values: [Float]
    let sformCode: Int
    let qformCode: Int
    let description: String
  }

  static let names = ((try? Goldens.json([String: Expected].self, "nifti.json")) ?? [:]).keys.sorted()

  @Test func everyGoldenFileIsInTheTable() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Goldens.folder().path)
      .filter { $0.contains(".nii") && !$0.hasPrefix("refused") }
    #expect(files.sorted() == Self.names)
    #expect(files.count >= 20)
  }

  @Test(arguments: names) func agreesWithNibabel(name: String) throws {
    let expected = try #require(Goldens.json([String: Expected].self, "nifti.json")[name])
    let volume = try NIfTI.read(Goldens.url(name))
    #expect(volume.shape == expected.shape)
    #expect(greatestDifference(volume.geometry.affine, expected.affine) < 1e-6)
    #expect(volume.geometry.axisCodes == expected.axisCodes)
    #expect(volume.voxels == expected.values)
    #expect(volume.header?.sformCode == expected.sformCode)
    #expect(volume.header?.qformCode == expected.qformCode)
    #expect(volume.header?.description == expected.description)
  }

  @Test(arguments: names) func headerAloneGivesTheSameGeometry(name: String) throws {
    let volume = try NIfTI.read(Goldens.url(name))
    #expect(try NIfTI.readGeometry(Goldens.url(name)) == volume.geometry)
    #expect(try NIfTI.readHeader(Goldens.url(name)) == volume.header)
  }

  @Test func headerWithNaNInTheUnusedFormIsEncodable() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("nan.nii")
      var data = try Data(contentsOf: Goldens.url("int16.nii"))
      withUnsafeBytes(of: Float.nan) { data.replaceSubrange(256..<260, with: $0) }
      try data.write(to: url)
      let header = try NIfTI.readHeader(url)
      #expect(header.quaternion[0] == 0)
      let copy = try JSONDecoder().decode(NIfTIHeaderInfo.self, from: JSONEncoder().encode(header))
      #expect(copy.affine == header.affine)
      #expect(copy.srow == header.srow)
    }
  }

  @Test func headerIsReadFromAFileWhoseVoxelsAreMissing() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("cut.nii")
      try Data(contentsOf: Goldens.url("int16.nii")).prefix(352).write(to: url)
      #expect(try NIfTI.readHeader(url).shape == [5, 4, 3])
      #expect(
        try kindOfError { _ = try NIfTI.read(url) } == .truncated(expected: 472, actual: 352))
    }
  }

  @Test func maskIsOneWhereverTheValueIsNeitherZeroNorNaN() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("mask.nii.gz")
      let geometry = Geometry(shape: [5, 1, 1], affine: .identity)
      try NIfTI.write(Volume(geometry: geometry, voxels: [0, 0.25, -3, .nan, -0.0]), to: url)
      let mask = try NIfTI.readMask(url)
      #expect(mask.voxels == [0, 1, 1, 0, 0])
      #expect(mask.count == 2)
    }
  }

  @Test func nonFiniteVoxelsAreKeptAndCounted() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("odd.nii")
      let geometry = Geometry(shape: [4, 1, 1], affine: .identity)
      try NIfTI.write(Volume(geometry: geometry, voxels: [1, .nan, .infinity, -.infinity]), to: url)
      let volume = try NIfTI.read(url)
      #expect(volume.nonFiniteCount == 3)
      #expect(
        volume.voxels[0] == 1 && volume.voxels[1].isNaN && volume.voxels[2...] == [.infinity, -.infinity])
    }
  }
}

@Suite(.enabled(if: RealScans.folder != nil, "the real scans of shared/data are absent"))
struct RealScanTests {
  struct Expected: Decodable {
    let shape: [Int]
    let affine: Affine
    let sum: Double?
    let min: Float?
    let max: Float?
  }

  static let names = ((try? Goldens.json([String: Expected].self, "real.json")) ?? [:]).keys.sorted()

  @Test(arguments: names) func agreesWithNibabelAndPillow(name: String) throws {
    let expected = try #require(Goldens.json([String: Expected].self, "real.json")[name])
    let url = try #require(RealScans.folder).appendingPathComponent(name)
    let geometry = try VolumeReader.readGeometry(url)
    #expect(geometry.shape == expected.shape)
    #expect(greatestDifference(geometry.affine, expected.affine) < 1e-6)
    guard let sum = expected.sum else { return }
    let volume = try VolumeReader.read(url)
    #expect(volume.geometry == geometry)
    #expect(abs(volume.voxels.reduce(0) { $0 + Double($1) } - sum) <= abs(sum) * 1e-9)
    #expect(volume.voxels.min() == expected.min)
    #expect(volume.voxels.max() == expected.max)
  }
}
