import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort

/// An MR image of one slice as a DICOM file, explicit VR little endian.
private struct DICOMSlice {
  private var bytes = Data(repeating: 0, count: 128) + Data("DICM".utf8)

  /// The slice `k` of a volume whose columns run to the left, rows to the back and slices upwards.
  init(_ volume: Volume, k: Int, series: Int, description: String, times: (inversion: Int, echo: Int)) {
    let shape = volume.shape, spacing = volume.geometry.spacing, origin = volume.geometry.affine.origin
    add(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1")
    add(0x0008, 0x0008, "CS", #"ORIGINAL\PRIMARY\M"#)
    add(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.4")
    add(0x0008, 0x0018, "UI", "1.2.3.\(series).\(k + 1)")
    add(0x0008, 0x0060, "CS", "MR")
    add(0x0008, 0x103E, "LO", description)
    add(0x0018, 0x0050, "DS", "\(spacing[2])")
    add(0x0018, 0x0080, "DS", "9000")
    add(0x0018, 0x0081, "DS", "\(times.echo)")
    add(0x0018, 0x0082, "DS", "\(times.inversion)")
    add(0x0020, 0x000D, "UI", "1.2.3")
    add(0x0020, 0x000E, "UI", "1.2.3.\(series)")
    add(0x0020, 0x0011, "IS", "\(series)")
    add(0x0020, 0x0013, "IS", "\(k + 1)")
    add(0x0020, 0x0032, "DS", #"\#(-origin.x)\\#(-origin.y)\\#(origin.z + Double(k) * spacing[2])"#)
    add(0x0020, 0x0037, "DS", #"1\0\0\0\1\0"#)
    add(0x0028, 0x0002, 1)
    add(0x0028, 0x0004, "CS", "MONOCHROME2")
    add(0x0028, 0x0010, UInt16(shape[1]))
    add(0x0028, 0x0011, UInt16(shape[0]))
    add(0x0028, 0x0030, "DS", #"\#(spacing[1])\\#(spacing[0])"#)
    add(0x0028, 0x0100, 16)
    add(0x0028, 0x0101, 16)
    add(0x0028, 0x0102, 15)
    add(0x0028, 0x0103, 0)
    tag(0x7FE0, 0x0010, "OW")
    append(UInt16(0))
    append(UInt32(2 * shape[0] * shape[1]))
    for voxel in k * shape[0] * shape[1]..<(k + 1) * shape[0] * shape[1] {
      append(UInt16(volume.voxels[voxel]))
    }
  }

  func write(to file: URL) throws { try AtomicFile.write(bytes, to: file) }

  private mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func tag(_ group: UInt16, _ element: UInt16, _ type: String) {
    append(group)
    append(element)
    bytes += Data(type.utf8)
  }

  private mutating func add(_ group: UInt16, _ element: UInt16, _ type: String, _ text: String) {
    tag(group, element, type)
    let even = text.utf8.count % 2 == 0 ? text : text + (type == "UI" ? "\0" : " ")
    append(UInt16(even.utf8.count))
    bytes += Data(even.utf8)
  }

  private mutating func add(_ group: UInt16, _ element: UInt16, _ number: UInt16) {
    tag(group, element, "US")
    append(UInt16(2))
    append(number)
  }
}

/// What the installed dcm2niix makes of two series; without it these tests are skipped.
@Suite(.enabled(if: InstalledProgram.first(of: ["dcm2niix"]) != nil, "dcm2niix is not installed"))
struct DICOMConversionTests {
  @Test func theFLAIRKeepsItsPlaceInTheScanner() throws {
    let geometry = Geometry(
      shape: [20, 16, 12],
      affine: Affine(i: [-1, 0, 0], j: [0, -1.5, 0], k: [0, 0, 4], origin: [7, 20, -30]))
    let volume = Volume(
      geometry: geometry, voxels: (0..<geometry.voxelCount).map { Float($0 * 7919 % 997) })
    try withTemporaryFolder { folder in
      let study = folder.appendingPathComponent("anna")
      for k in 0..<12 {
        try DICOMSlice(volume, k: k, series: 3, description: "t1_mprage", times: (900, 3))
          .write(to: study.appendingPathComponent("a/\(k * 7 % 12)"))
        try DICOMSlice(volume, k: k, series: 5, description: "dark-fluid", times: (2500, 90))
          .write(to: study.appendingPathComponent("b/c/\(k * 5 % 12)"))
      }
      let source = try #require(DICOMFolder(study))
      var runs = 0
      let conversion = try DICOMConversion(of: source, into: folder.appendingPathComponent("converted"))
      let all = try conversion.series { _ in runs += 1 }.series
      #expect(try conversion.series { _ in runs += 1 }.series.map(\.number) == [3, 5] && runs == 1)
      let flair = try all.chosen(number: nil, of: study)
      #expect(flair.text == "5 'dark-fluid' (TI 2.5 s, TE 90 ms)")
      let converted = try NIfTI.read(flair.image)
      #expect(converted.voxels.reduce(0, +) == volume.voxels.reduce(0, +))
      let shift = centre(of: converted) - centre(of: volume)
      #expect((shift * shift).sum() < 1e-6)
    }
  }

  /// The centre of the intensities in scanner mm.
  private func centre(of volume: Volume) -> SIMD3<Double> {
    var (sum, weight) = (SIMD3<Double>.zero, 0.0)
    for (voxel, value) in volume.voxels.enumerated() {
      sum += Double(value) * volume.geometry.affine.apply(SIMD3<Double>(volume.voxel(at: voxel)))
      weight += Double(value)
    }
    return sum / weight
  }
}
