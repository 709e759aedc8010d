import _TestSupport
import Foundation
import Testing
import Volumes

/// Scans and masks that cannot be used.
@Suite struct BadScanTests {
  static let scans: [BadInput] = [
    BadInput("truncated", 65, ["scan.nii.gz"]) { place in
      let whole = try Data(contentsOf: Cohort.patient)
      try whole.prefix(whole.count / 2).write(to: place.folder / "scan.nii.gz")
      return try place.segment(place.folder / "scan.nii.gz")
    },
    BadInput("text with the name of a scan", 65, ["not NIfTI", "scan.nii.gz", "dcm2niix"]) { place in
      try Data("this is a letter\n".utf8).write(to: place.folder / "scan.nii.gz")
      return try place.segment(place.folder / "scan.nii.gz")
    },
    BadInput("of an unknown type", 65, ["'mgz'", "scan.mgz", "dcm2niix"]) { place in
      try Data(repeating: 1, count: 400).write(to: place.folder / "scan.mgz")
      return try place.segment(place.folder / "scan.mgz")
    },
    BadInput("DICOM by its name", 65, ["is DICOM", "scan.dcm", "folder of the series"]) { place in
      try Data(repeating: 1, count: 400).write(to: place.folder / "scan.dcm")
      return try place.segment(place.folder / "scan.dcm")
    },
    BadInput("a series", 65, ["series of volumes", "scan.nii", "Extract one volume"]) { place in
      // dim[0] = 4 and dim[4] = 2.
      let shape = try NIfTI.readGeometry(Cohort.patient).shape.map { UInt8($0) }
      return try place.segment(
        place.scan(patching: 40, with: [4, 0, shape[0], 0, shape[1], 0, shape[2], 0, 2, 0]))
    },
    BadInput("all zero", 65, ["all voxels are zero", "scan.nii.gz", "export"]) { place in
      try place.segment(place.scan { _, _ in 0 })
    },
    BadInput("all NaN", 65, ["NaN", "scan.nii.gz"]) { place in try place.segment(place.scan { _, _ in .nan })
    },
    BadInput("NaN inside", 65, ["1 of", "NaN", "scan.nii.gz", "outside the brain"]) { place in
      let middle = try NIfTI.readGeometry(Cohort.patient).voxelCount / 2
      return try place.segment(place.scan { $0 == middle ? .nan : $1 })
    },
    BadInput("one brightness", 65, ["same intensity", "scan.nii.gz"]) { place in
      try place.segment(place.scan { $1 == 0 ? 0 : 100 })
    },
    BadInput("voxel size zero", 65, ["voxel size", "scan.nii", "header"]) { place in
      try place.segment(place.scan(patching: 80, with: [0, 0, 0, 0]))
    },
    BadInput("voxel size negative", 65, ["voxel size", "-6", "scan.nii"]) { place in
      try place.segment(place.scan(patching: 80, with: [0, 0, 0xC0, 0xC0]))
    },
    BadInput("missing", 66, ["no such file", "nowhere.nii.gz", "path"]) { place in
      try place.segment(place.folder / "nowhere.nii.gz")
    },
    BadInput("brain mask of another shape", 65, ["brain mask", "shape", "resample"]) { place in
      try place.segment(Cohort.patient, ["--brain-mask", place.thinnerMask().path])
    },
    BadInput(
      "brain mask with a header that is wrong", 65,
      ["affines of brain mask and image", "[6 0 0 ", "[-6 0 0 ", "--mask-pairing voxels"]
    ) { place in
      try place.segment(Cohort.patient, ["--brain-mask", place.mask(mirroringHeader: true).path])
    },
    BadInput("brain mask of labels", 65, ["brain mask", "0, 1 and 2", "mask.nii.gz"]) { place in
      try place.segment(Cohort.patient, ["--brain-mask", place.mask { $0 % 7 == 0 ? 2 : $1 }.path])
    },
    BadInput("brain mask missing", 66, ["no such file", "nowhere.nii.gz"]) { place in
      try place.segment(Cohort.patient, ["--brain-mask", (place.folder / "nowhere.nii.gz").path])
    },
    BadInput("a T1w by its name", 65, ["T1w", "trained on FLAIR", "scan_T1w.nii.gz"]) { place in
      try place.segment(place.scan(named: "scan_T1w.nii.gz") { $1 })
    },
    BadInput("CT numbers", 65, ["near -1000", "CT numbers", "scan.nii.gz"]) { place in
      try place.segment(place.scan { $1 == 0 ? -1000 : $1 / 10 })
    },
    BadInput("slices 12 mm apart", 65, ["12.0 mm apart", "more than 10 mm", "scan.nii"]) { place in
      // srow_z[2] of the NIfTI-1 header, 12 as a Float.
      try place.segment(place.scan(patching: 320, with: [0, 0, 0x40, 0x41]))
    },
    BadInput("no place in the world", 65, ["qform and sform are unset", "dcm2niix", "left and right"]) {
      place in
      try place.segment(place.scan(patching: 252, with: [0, 0, 0, 0]))
    },
    BadInput("a localiser", 65, ["3 slices", "localiser", "brain mask"]) { place in
      let geometry = Geometry(shape: [40, 40, 3], affine: .identity)
      try NIfTI.write(Volume(geometry: geometry, repeating: 50), to: place.folder / "scan.nii.gz")
      return try place.segment(place.folder / "scan.nii.gz")
    },
    BadInput("an empty brain mask", 65, ["brain mask is empty", "scan.nii.gz"]) { place in
      let scan = try NIfTI.read(Cohort.patient)
      try NIfTI.write(Mask(geometry: scan.geometry, repeating: 0), to: place.folder / "mask.nii.gz")
      return try place.segment(
        place.scan { $1 }, ["--brain-mask", (place.folder / "mask.nii.gz").path])
    },
    BadInput("a pipe", 66, ["not a regular file", "scan.nii"]) { place in
      mkfifo((place.folder / "scan.nii").path, 0o600)
      return try place.segment(place.folder / "scan.nii")
    },
    BadInput("a link to nothing", 66, ["a link to", "nowhere", "scan.nii"]) { place in
      try FileManager.default.createSymbolicLink(
        at: place.folder / "scan.nii", withDestinationURL: place.folder / "nowhere")
      return try place.segment(place.folder / "scan.nii")
    },
    BadInput("colour slice", 65, ["colour", "slice.png", "greyscale"]) { place in
      let pixels = (0..<32 * 32 * 3).map { UInt8($0 % 251) }
      try PNGImage(width: 32, height: 32, rgb: pixels).write(to: place.folder / "slice.png")
      return try place.segment(place.folder / "slice.png")
    },
  ]

  /// Headers of NIfTI-1 that claim what cannot be, by the bytes at an offset.
  static let headers: [BadInput] = [
    header("of colours", ["RGB24", "nib-convert"], at: 70, [128 as Int16]),
    header("of complex numbers", ["complex64", "nib-convert"], at: 70, [32 as Int16]),
    header("of an unknown number type", ["code 99"], at: 70, [99 as Int16]),
    header("without dimensions", ["dim[0] is 0", "header"], at: 40, [0 as Int16]),
    header("of eight dimensions", ["dim[0] is 8"], at: 40, [8 as Int16]),
    header("of negative size", ["dim[1] is -5"], at: 42, [-5 as Int16]),
    header(
      "of more voxels than can be", ["32767 x 32767 x 32767", "at most"], at: 40,
      [3, 32767, 32767, 32767] as [Int16]),
    header("voxels within the header", ["vox_offset is 100"], at: 108, [100 as Float]),
    header("voxels behind the end", ["ends early"], at: 108, [1e6 as Float]),
    header("voxels behind a gigabyte", ["vox_offset is 1073741824"], at: 108, [0x1p30 as Float]),
    header("an infinite summand", ["scl_inter is inf"], at: 116, [Float.infinity]),
    header("a factor beyond all numbers", ["NaN or infinite"], at: 112, [1e38 as Float]),
    header("a singular affine", ["affine is singular"], at: 280, [Float](repeating: 0, count: 12)),
    header("an affine of no numbers", ["affine is singular or not finite"], at: 280, [Float.nan]),
    header("half of a pair by its magic", [".hdr/.img pair"], at: 344, Array("ni1".utf8)),
    header("Analyze, without magic", ["not NIfTI"], at: 344, [0 as UInt32]),
  ]

  private static func header<Value: BitwiseCopyable>(
    _ name: String, _ words: [String], at offset: Int, _ values: [Value]
  ) -> BadInput {
    let bytes = values.withUnsafeBytes { Array($0) }
    return BadInput(name, 65, words + ["scan.nii"]) { place in
      try place.segment(place.scan(patching: offset, with: bytes))
    }
  }

  /// Files whose bytes are not what their names say.
  static let contents: [BadInput] = [
    content("an empty file", "scan.nii", ["0 of 348 bytes", "again"]) { _ in Data() },
    content("an empty compressed file", "scan.nii.gz", ["0 of 348 bytes", "again"]) { _ in Data() },
    content("a header cut short", "scan.nii", ["300 of 348 bytes"]) { try plain($0).prefix(300) },
    content("voxels cut short", "scan.nii", ["ends early"]) { try plain($0).prefix(400) },
    content("a wrong checksum", "scan.nii.gz", ["damaged: incorrect data check", "again"]) { _ in
      var data = try Data(contentsOf: Cohort.patient)
      data[data.count - 6] ^= 0xFF
      return data
    },
    content("no ending", "scan", ["no extension", ".nii.gz"]) { try plain($0) },
    content("a header of a pair", "scan.hdr", [".hdr/.img pair"]) { try plain($0) },
    content("FreeSurfer's", "scan.mgz", ["'mgz'"]) { try plain($0) },
    content("a JPEG that is called PNG", "slice.png", ["not PNG"]) { _ in
      Data([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 0, count: 60))
    },
    content("a PNG cut short", "slice.png", ["damaged", "again"]) { try slice($0) { _ in 90 }.dropLast(60) },
    content("a black slice", "slice.png", ["all voxels are zero"]) { try slice($0) { _ in 0 } },
    content("a slice of one brightness", "slice.png", ["same intensity"]) { try slice($0) { _ in 90 } },
    content("a slice of one pixel", "slice.png", ["no slice holds"]) { try slice($0, side: 1) { _ in 90 } },
  ]

  private static func content(
    _ name: String, _ file: String, _ words: [String],
    _ data: @escaping @Sendable (BadInput.Place) throws -> Data
  ) -> BadInput {
    BadInput(name, 65, words + [file]) { place in
      try data(place).write(to: place.folder / file)
      return try place.segment(place.folder / file)
    }
  }

  /// The patient's scan without compression.
  private static func plain(_ place: BadInput.Place) throws -> Data {
    try Data(contentsOf: place.scan(named: "plain.nii") { $1 })
  }

  private static func slice(
    _ place: BadInput.Place, side: Int = 64, _ gray: (Int) -> UInt8
  ) throws -> Data {
    try PNGImage(width: side, height: side, gray: (0..<side * side).map(gray)).encoded()
  }

  /// Files that a manifest names and that cannot be used.
  static let companions: [BadInput] = [
    companion(
      "a missing transform", 66, "template_transform", ["transform cannot be read", "companion"], nil),
    companion(
      "a transform that is none", 65, "template_transform", ["not an ITK transform", "companion"], "hello\n"),
    companion(
      "a transform of other kind", 65, "template_transform", ["Euler3DTransform_double_3_3"],
      "#Insight Transform File V1.0\nTransform: Euler3DTransform_double_3_3\n"),
    companion(
      "a transform that cannot be inverted", 65, "template_transform", ["cannot be inverted"],
      """
      #Insight Transform File V1.0
      Transform: AffineTransform_double_3_3
      Parameters: 0 0 0 0 0 0 0 0 0 1 2 3
      FixedParameters: 0 0 0

      """),
    companion(
      "a brain mask that is text", 65, "brain_mask", ["no extension", "companion"], "hello\n"),
  ]

  private static func companion(
    _ name: String, _ code: Int32, _ column: String, _ words: [String], _ text: String?
  ) -> BadInput {
    BadInput(name, code, words) { place in
      if let text { try Data(text.utf8).write(to: place.folder / "companion") }
      return try place.segment(
        place.manifest("participant_id image \(column)", "a \(Cohort.patient.path) companion"))
    }
  }

  @Test(arguments: scans + headers + contents + companions)
  func aScanThatCannotBeSegmentedFailsWithItsReason(input: BadInput) throws {
    let (_, place) = try input.check()
    guard (place.out / "cases.tsv").exists else {
      // Refused before anything was written.
      #expect(place.out.files == [])
      return
    }
    let row = try #require(try TSV(place.out / "cases.tsv").rows.first)
    #expect(row["status"] == "failed")
    #expect(row["message"]?.contains(" (") == true, "what and what to do: \(row["message"] ?? "")")
    #expect(place.out.files == ["cases.tsv", "report.html", "segmentation.json"])
  }

  #if os(Linux)
    @Test func aScanThatTheMemoryCannotHoldIsRefused() throws {
      let place = BadInput.Place(folder: try Workplace.folder())
      let scan = try place.scan(patching: 42, with: [0x84, 3, 0x84, 3, 0x84, 3])
      let file = try FileHandle(forWritingTo: scan)
      try file.truncate(atOffset: 352 + 900 * 900 * 900 * 4)
      try file.close()
      let limited = ["/bin/sh", "-c", #"ulimit -v 12000000; exec "$0" "$@""#]
      let outcome = try Tool.start(place.segment(scan), launcher: limited).finish()
      #expect(outcome.code == 71, "\(outcome.standardError)")
      expectProblem(in: outcome, words: ["needs about 43.7 GB of memory", "scan.nii", "ulimit -v"])
    }
  #endif

  static let folders: [BadInput] = [
    BadInput("empty folder", 66, ["contains no scan", "/empty", ".nii.gz"]) { place in
      try FileManager.default.createDirectory(at: place.folder / "empty", withIntermediateDirectories: true)
      return try place.segment(place.folder / "empty")
    },
    BadInput("folder without scans", 66, ["contains no scan", "dcm2niix"]) { place in
      try Data("x".utf8).write(to: place.folder / "notes.txt")
      return try place.segment(place.folder)
    },
    BadInput("DICOM file", 65, ["is DICOM", "IM0001", "folder of the series"]) { place in
      try Data(repeating: 0, count: 128).appending("DICM and more").write(to: place.folder / "IM0001")
      return try place.segment(place.folder / "IM0001")
    },
    BadInput("DICOM folder for another command", 65, ["contains DICOM", "dcm2niix -z y", "/dicom"]) { place in
      let folder = place.folder / "dicom"
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(repeating: 0, count: 128).appending("DICM and more").write(to: folder / "IM0001")
      return place.train(folder)
    },
    BadInput("two files of one case", 65, ["same case name 'a'", "a.nii.gz", "a.png"]) { place in
      for name in ["a.nii.gz", "a.png"] { try Data("x".utf8).write(to: place.folder / name) }
      return try place.segment(place.folder)
    },
    BadInput("T1w for a cohort", 64, ["--t1w", "single scan", "manifest"]) { place in
      try place.segment(Cohort.manifest, ["--t1w", Cohort.patient.path])
    },
    BadInput("a T1w that is not there", 66, ["there is no such T1w", "nowhere.nii.gz"]) { place in
      try place.segment(Cohort.patient, ["--t1w", (place.folder / "nowhere.nii.gz").path])
    },
    BadInput("brain mask for a cohort", 64, ["--brain-mask", "single scan", "manifest"]) { place in
      try place.segment(Cohort.manifest, ["--brain-mask", Cohort.patient.path])
    },
    BadInput("no case in the split", 65, ["split 'validation'"]) { place in
      let manifest = try place.manifest("participant_id image split", "a \(Cohort.patient.path) test")
      return try place.segment(manifest, ["--split", "validation"])
    },
  ]

  @Test(arguments: folders)
  func aFolderThatHoldsNoCohortIsRefused(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  @Test(arguments: [
    BadInput("lesion mask of another shape", 65, ["lesion mask", "shape", "mask.nii.gz"]) { place in
      let scan = try Cohort.patient.path
      return try place.train(
        place.manifest(
          "participant_id image lesion_mask split", "a \(scan) \(place.thinnerMask().path) train",
          "b \(scan) n/a validation"))
    },
    BadInput(
      "lesion mask with a header that is wrong", 65,
      ["affines of lesion mask", "mask.nii.gz", "mask_pairing"]
    ) { place in
      let scan = try Cohort.patient.path
      return try place.train(
        place.manifest(
          "participant_id image lesion_mask split",
          "a \(scan) \(place.mask(mirroringHeader: true).path) train", "b \(scan) n/a validation"))
    },
    BadInput("lesion mask of labels", 65, ["lesion mask", "0, 1 and 2", "lesion_label"]) { place in
      let scan = try Cohort.patient.path
      return try place.train(
        place.manifest(
          "participant_id image lesion_mask split",
          "a \(scan) \(place.mask { $0 % 7 == 0 ? 2 : $1 }.path) train",
          "b \(scan) n/a validation"))
    },
    BadInput("only scans with lesions", 65, ["lesion-free", "train"]) { place in
      let scan = try Cohort.patient.path
      return try place.train(
        place.manifest("participant_id image split", "a \(scan) test", "b \(scan) validation"))
    },
    BadInput("a broken scan", 65, ["scan.nii.gz", "zero"]) { place in
      let scan = try place.scan { _, _ in 0 }
      return try place.train(
        place.manifest(
          "participant_id image split", "a \(scan.path) train", "b \(Cohort.patient.path) validation"))
    },
    BadInput("a missing scan", 66, ["'a'", "nowhere.nii.gz", "manifest.tsv"]) { place in
      try place.train(
        place.manifest(
          "participant_id image split", "a nowhere.nii.gz train", "b \(Cohort.patient.path) validation"))
    },
  ])
  func trainingOnBadDataIsRefusedAndLeavesNoRun(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty)
    // The next try with better data must not find a run in its way.
    #expect(!(place.out / "config.json").exists)
  }

  @Test func oneBadFileOfThreeCostsOneRow() throws {
    let place = BadInput.Place(folder: try Workplace.folder())
    let bad = try place.scan { _, _ in 0 }
    let manifest = try place.manifest(
      "participant_id image", "good-1 \(Cohort.patient.path)", "bad \(bad.path)",
      "good-2 \(Cohort.patient.path)")
    let outcome = try Tool.run(place.segment(manifest))
    #expect(outcome.code == 1)
    #expect(outcome.results == [(place.out / "cases.tsv").path, (place.out / "report.html").path])
    #expect(
      outcome.standardError.contains("failed: bad: all voxels are zero\n  where: \(bad.path)\n  what to do: ")
    )
    #expect(outcome.standardError.contains("1 of 3 cases failed"))

    let rows = try TSV(place.out / "cases.tsv").rows
    #expect(rows.map { $0["case_id"] } == ["good-1", "bad", "good-2"])
    #expect(rows.map { $0["status"] } == ["ok", "failed", "ok"])
    #expect(rows[1]["message"]?.contains("all voxels are zero") == true)
    #expect(rows[1]["mask"] == "n/a")
    for row in [rows[0], rows[2]] { #expect((place.out / (row["mask"] ?? "")).exists) }
    let report = try (place.out / "report.html").text()
    for text in ["good-1", "good-2", "bad", "all voxels are zero"] { #expect(report.contains(text)) }
    #expect(place.out.halfWritten == [])
  }
}

extension Data {
  func appending(_ text: String) -> Data { self + Data(text.utf8) }
}
