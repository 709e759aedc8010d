import _TestSupport
import Foundation
import Testing
import Volumes

@Suite struct NIfTIWritingTests {
  /// The bytes of a NIfTI-1 header that locate the image: pixdim[0...3], form codes, quaternion, offsets,
  /// rows.
  private func place(_ data: Data) -> [Data] {
    let bytes = Array(data)
    return [Data(bytes[76..<92]), Data(bytes[252..<328])]
  }

  @Test(arguments: ["uint8.nii", "int16.nii", "float32.nii"])
  func placeIsCopiedBitForBit(name: String) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("copy.nii")
      try NIfTI.write(NIfTI.read(Goldens.url(name)), to: url)
      let (source, copy) = (try Data(contentsOf: Goldens.url(name)), try Data(contentsOf: url))
      #expect(place(copy) == place(source))
      #expect(copy[123] & 7 == 2, "millimetres")
    }
  }

  @Test(arguments: NIfTIReadingTests.names)
  func geometryAndValuesSurviveWritingAndTextDoesNot(name: String) throws {
    let source = try NIfTI.read(Goldens.url(name))
    try withTemporaryFolder { folder in
      for fileName in ["copy.nii", "copy.nii.gz"] {
        let url = folder.appendingPathComponent(fileName)
        try NIfTI.write(source, to: url)
        let copy = try NIfTI.read(url)
        #expect(copy.voxels == source.voxels)
        // Free text may name the patient.
        #expect(source.header?.description.isEmpty == false && copy.header?.description == "")
        #expect(copy.header?.sformCode == source.header?.sformCode)
        #expect(copy.header?.qformCode == source.header?.qformCode)
        if source.header?.version == 1 {
          #expect(copy.geometry == source.geometry)
        } else {
          #expect(copy.geometry.matches(source.geometry, tolerance: 1e-4))
        }
      }
    }
  }

  @Test func computedMapTakesThePlaceOfAnotherHeader() throws {
    let source = try NIfTI.read(Goldens.url("both-differ.nii.gz"))
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("map.nii.gz")
      try NIfTI.write(Mask(geometry: source.geometry, repeating: 1), to: url, like: source.header)
      let header = try NIfTI.readHeader(url)
      #expect(header.datatype == .uint8)
      #expect(header.quaternion == source.header?.quaternion)
      #expect(header.srow == source.header?.srow)
      #expect(formCodes(header) == [1, 4])
    }
  }

  /// After a reorientation the source's rows do not describe the grid and must not be copied.
  @Test func headerOfAnotherGridGivesItsCodeButNotItsPlace() throws {
    let source = try NIfTI.read(Goldens.url("both-differ.nii.gz"))
    let turned = Orientation(permutation: [2, 0, 1], isFlipped: [true, false, true]).apply(source)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("turned.nii")
      try NIfTI.write(turned, to: url)
      let copy = try NIfTI.read(url)
      #expect(copy.geometry.matches(turned.geometry, tolerance: 1e-4))
      #expect(copy.voxels == turned.voxels)
      #expect(formCodes(copy.header) == [0, 4])
    }
  }

  @Test func gridWithoutHeaderGetsAScannerSform() throws {
    let affine = Affine(
      i: SIMD3(-0.5, 0, 0), j: SIMD3(0, 2, 0.25), k: SIMD3(0, 0, 4), origin: SIMD3(1.5, -2.25, 3))
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("new.nii.gz")
      try NIfTI.write(countingVolume(affine: affine), to: url)
      let copy = try NIfTI.read(url)
      #expect(copy == countingVolume(affine: affine).with(header: copy.header))
      #expect(formCodes(copy.header) == [0, 1])
    }
  }

  @Test func labelsAreWrittenAsInt32() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("labels.nii")
      let values: [Int32] = [0, 1, -5, .max, .min, 16_777_217]
      try NIfTI.write(
        Labels(geometry: Geometry(shape: [1, 2, 3], affine: .identity), voxels: values), to: url)
      #expect(try NIfTI.readHeader(url).datatype == .int32)
      #expect(try Data(contentsOf: url).dropFirst(352).elementsEqual(values.withUnsafeBytes { Data($0) }))
    }
  }

  @Test func compressedBytesAreTheSameUnderAnyNameAndTime() throws {
    try withTemporaryFolder { folder in
      let urls = ["a.nii.gz", "another name.nii.gz"].map(folder.appendingPathComponent)
      try NIfTI.write(countingVolume(), to: urls[0])
      Thread.sleep(forTimeInterval: 1.1)
      try NIfTI.write(countingVolume(), to: urls[1])
      let data = try Data(contentsOf: urls[0])
      #expect(try Data(contentsOf: urls[1]) == data)
      #expect(Array(data.prefix(8)) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], "gzip without flags and time")
    }
  }

  @Test func higherLevelIsSmaller() throws {
    let volume = countingVolume(shape: [40, 40, 20])
    let sizes = try withTemporaryFolder { folder in
      try [1, 9].map { level in
        let url = folder.appendingPathComponent("level\(level).nii.gz")
        try NIfTI.write(volume, to: url, compressionLevel: level)
        #expect(try NIfTI.read(url).voxels == volume.voxels)
        return try Data(contentsOf: url).count
      }
    }
    #expect(sizes[1] < sizes[0])
  }

  @Test func replacesAnExistingFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("map.nii")
      try Data("old".utf8).write(to: url)
      try NIfTI.write(countingVolume(), to: url)
      #expect(try NIfTI.read(url).voxels == countingVolume().voxels)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["map.nii"])
    }
  }

  @Test func failureNamesTheCauseAndLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let occupied = folder.appendingPathComponent("occupied.nii.gz")
      try FileManager.default.createDirectory(at: occupied, withIntermediateDirectories: true)
      try Data().write(to: occupied.appendingPathComponent("file"))
      let missing = folder.appendingPathComponent("missing/map.nii.gz")
      #expect(
        try kindOfError { try NIfTI.write(countingVolume(), to: missing) }
          == .writeFailed(reason: "No such file or directory"))
      #expect(
        try kindOfError { try NIfTI.write(countingVolume(), to: occupied) }
          == .writeFailed(reason: "Is a directory"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["occupied.nii.gz"])
    }
  }

  @Test(.enabled(if: getuid() != 0, "root may write into read-only folders"))
  func readOnlyFolderIsNamedAndLeftAsItWas() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
      defer {
        try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
      }
      let url = folder.appendingPathComponent("map.nii")
      #expect(
        try kindOfError { try NIfTI.write(countingVolume(), to: url) }
          == .writeFailed(reason: "Permission denied"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func refusesDimensionsThatNIfTI1CannotHold() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("long.nii")
      guard
        case .writeFailed(let reason) = try kindOfError({
          try NIfTI.write(countingVolume(shape: [32768, 1, 1]), to: url)
        })
      else {
        Issue.record("not a failure of writing")
        return
      }
      #expect(reason.contains("32767"))
    }
  }
}

/// The codes of the qform and the sform.
private func formCodes(_ header: NIfTIHeaderInfo?) -> [Int] {
  [header?.qformCode, header?.sformCode].compactMap { $0 }
}

extension Volume {
  fileprivate func with(header: NIfTIHeaderInfo?) -> Volume {
    Volume(geometry: geometry, voxels: voxels, header: header)
  }
}
