import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Preprocessing

@Suite struct PreprocessingTests {
  private static let nowhere = Preprocessor.Resources(
    brainWeights: URL(fileURLWithPath: "/nowhere/net.safetensors"), template: URL(fileURLWithPath: "/nowhere")
  )

  /// Creates a preprocessor without files for brain extraction and registration.
  private static func preprocessing(
    _ settings: [String] = ["registers=false", "correctsBias=false"], skull: SkullState = .auto
  ) throws -> Preprocessor {
    Preprocessor(
      settings: try PreprocessingSettings().with(settings.map { "preprocessing.\($0)" }), resources: nowhere,
      skull: skull)
  }

  private func withScan<Result>(_ scan: Volume, _ body: (ScanCase) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("scan.nii.gz")
      try NIfTI.write(scan, to: file)
      return try body(ScanCase(scan: file))
    }
  }

  /// Returns an ellipsoid of intensity 100 to 120 on `background`.
  private static func ellipsoid(_ radii: SIMD3<Double>, background: Float = 0, centre: SIMD3<Double> = .zero)
    -> Volume
  {
    let geometry = Geometry(
      shape: [50, 60, 50],
      affine: Affine(i: SIMD3(4, 0, 0), j: SIMD3(0, 4, 0), k: SIMD3(0, 0, 4), origin: SIMD3(-98, -118, -98)))
    var volume = Volume(geometry: geometry, repeating: background)
    for index in volume.voxels.indices {
      let voxel = SIMD3(index % 50, index / 50 % 60, index / 3000)
      let offset = (geometry.world(ofVoxel: SIMD3<Double>(voxel)) - centre) / radii
      if (offset * offset).sum() < 1 { volume.voxels[index] = 110 + Float(offset.x * 10) }
    }
    return volume
  }

  static let states: [Row<(radii: SIMD3<Double>, background: Float, expected: SkullState)>] = [
    Row("brain on zeros", (SIMD3(68, 85, 62), 0, .absent)),
    Row("large brain on zeros", (SIMD3(72, 90, 70), 0, .absent)),
    Row("head on zeros", (SIMD3(80, 100, 95), 0, .present)),
    Row("brain-sized head on noise", (SIMD3(68, 85, 62), 3, .present)),
  ]

  /// Returns a brain in a dark skull and a scalp, surrounded by zeros.
  private static func head(_ scale: Double, scalp: Float) -> Volume {
    let outer = ellipsoid(SIMD3(80, 98, 78) * scale), skull = ellipsoid(SIMD3(74, 92, 72) * scale)
    let brain = ellipsoid(SIMD3(64, 82, 62) * scale)
    var head = outer
    for index in head.voxels.indices where outer.voxels[index] != 0 {
      head.voxels[index] =
        brain.voxels[index] != 0 ? brain.voxels[index] : skull.voxels[index] != 0 ? 15 : scalp
    }
    return head
  }

  static let heads: [Row<(scale: Double, scalp: Float)>] = [
    Row("a small head", (0.85, 170)), Row("a smaller head", (0.75, 170)),
    Row("a small head with suppressed fat", (0.85, 60)),
  ]

  @Test(arguments: heads)
  func aSmallHeadInZeroAirIsNotABrain(row: Row<(scale: Double, scalp: Float)>) {
    #expect(SkullState.detected(in: Self.head(row.body.scale, scalp: row.body.scalp)) == .present)
  }

  static let origins: [Row<(scale: Float, offset: Float, background: Float, step: String?)>] = [
    Row("as it is", (1, 0, 0, nil)), Row("z-scored in the brain", (0.1, -11, 0, "centred on zero")),
    Row("z-scored with its background", (0.02, -0.7, -0.7, "background was negative")),
    Row("background -1", (1, 0, -1, "background was negative")),
    Row("background -5000", (1, 0, -5000, "was set to 0")),
    Row("background 255", (1, 0, 255, "was set to 0")),
  ]

  @Test(arguments: origins)
  func aConstantBackgroundBecomesZero(
    row: Row<(scale: Float, offset: Float, background: Float, step: String?)>
  ) throws {
    let (scale, offset, background, step) = row.body
    let plain = Self.ellipsoid(SIMD3(68, 85, 62))
    let scan = plain.map { $0 == 0 ? background : $0 * scale + offset }
    let prepared = try withScan(scan) { try Self.preprocessing().preprocess($0) }
    #expect(
      prepared.brain?.voxels == plain.voxels.map { $0 == 0 ? 0 : 1 }, "the brain is what is not background")
    #expect(zip(prepared.volume.voxels, plain.voxels).allSatisfy { ($0 > 0) == ($1 != 0) })
    let found = prepared.record.steps.first { $0.name == "intensity shift" }
    #expect((found == nil) == (step == nil) && found?.detail.contains(step ?? "") != false)
  }

  @Test func undershootIsNotShifted() throws {
    var scan = Self.ellipsoid(SIMD3(68, 85, 62))
    for index in stride(from: 0, to: 2000, by: 7) where scan.voxels[index] == 0 { scan.voxels[index] = -900 }
    let prepared = try withScan(scan) { try Self.preprocessing().preprocess($0) }
    #expect(!prepared.record.steps.contains { $0.name == "intensity shift" })
    #expect(prepared.brain?.count == scan.voxels.count { $0 > 0 })
  }

  static let contents: [Row<(air: Float, airCount: Int, tissue: Float, isCT: Bool)>] = [
    Row("CT of a head", (-1000, 120_000, 30, true)), Row("stripped CT", (-1024, 120_000, 45, true)),
    Row("MR with undershoot", (-3000, 20, 110_000, false)),
    Row("MR with undershoot near -1000", (-1000, 300, 16_000, false)),
    Row("MR with much undershoot", (-600, 20_000, 16_000, false)),
    Row("MR padded with -1000", (-1000, 120_000, 700, false)),
  ]

  @Test(arguments: contents)
  func theDistributionTellsCT(row: Row<(air: Float, airCount: Int, tissue: Float, isCT: Bool)>) throws {
    let (air, airCount, tissue, isCT) = row.body
    var scan = Self.ellipsoid(SIMD3(68, 85, 62)).map { $0 == 0 ? 0 : $0 / 110 * tissue }
    var left = airCount
    for index in scan.voxels.indices where scan.voxels[index] == 0 && left > 0 {
      scan.voxels[index] = air
      left -= 1
    }
    let check = InputCheck(scan, name: "scan")
    guard isCT else { return try check.requireAnatomy() }
    #expect(try problem { try check.requireAnatomy() }.what.contains("CT numbers"))
  }

  static let wrongNumbers: [Row<(highest: Float, padding: Float, type: NIfTIDatatype, isWrapped: Bool)>] = [
    Row("within 16 bits", (32_000, 0, .int16, false)), Row("beyond 16 bits", (36_000, 0, .int16, true)),
    Row("far beyond 16 bits", (60_000, 0, .int16, true)), Row("unsigned", (36_000, 0, .uint16, false)),
    Row("padded with the lowest number", (30_000, -32_768, .int16, false)),
  ]

  @Test(arguments: wrongNumbers)
  func brightVoxelsThatBecameNegativeAreRefused(
    row: Row<(highest: Float, padding: Float, type: NIfTIDatatype, isWrapped: Bool)>
  ) throws {
    let (highest, padding, type, isWrapped) = row.body
    let scan = Self.ellipsoid(SIMD3(68, 85, 62))
    let voxels = scan.voxels.enumerated().map { index, value -> Float in
      guard value != 0 else { return padding }
      let value = highest * (0.5 + 0.5 * Float(index % 7) / 6)
      return type == .int16 && value > 32_767 ? value - 65_536 : value
    }
    try withScan(scan) { file in
      var header = try #require(try NIfTI.read(file.image).header)
      header.datatype = type
      let check = InputCheck(Volume(geometry: scan.geometry, voxels: voxels, header: header), name: "scan")
      guard isWrapped else { return try check.requireAnatomy() }
      #expect(try problem { try check.requireAnatomy() }.what.contains("16-bit"))
    }
  }

  static let sizes: [Row<(factor: Double, words: String?)>] = [
    Row("millimetres", (1, nil)), Row("metres", (0.001, "0.240 mm long: its voxel size is not in mm")),
    Row("centimetres", (0.1, nil)), Row("micrometres", (1000, "240000 mm long: its voxel size is not in mm")),
  ]

  @Test(arguments: sizes)
  func aVoxelSizeThatIsNotInMillimetresIsRefused(row: Row<(factor: Double, words: String?)>) throws {
    let scan = Self.ellipsoid(SIMD3(68, 85, 62)),
      (i, j, k) = (
        scan.geometry.affine.i, scan.geometry.affine.j, scan.geometry.affine.k
      )
    let factor = row.body.factor
    let affine = Affine(i: i * factor, j: j * factor, k: k * factor, origin: .zero)
    let check = InputCheck(
      Volume(geometry: Geometry(shape: scan.shape, affine: affine), voxels: scan.voxels), name: "scan")
    guard let words = row.body.words else { return try check.requireAnatomy() }
    #expect(try problem { try check.requireAnatomy() }.what.contains(words))
  }

  static let gaps: [Row<(axis: Int, empty: [Int], note: String?)>] = [
    Row("none", (2, [], nil)), Row("at the ends", (2, [0, 1, 9, 48, 49], nil)),
    Row("one axial slice", (2, [24], "1 slice between others is empty")),
    Row("three coronal slices", (1, [20, 21, 30], "3 slices between others are empty")),
    Row("two sagittal slices", (0, [25, 26], "2 slices between others are empty")),
  ]

  @Test(arguments: gaps)
  func emptySlicesInsideTheScanAreNoted(row: Row<(axis: Int, empty: [Int], note: String?)>) throws {
    var scan = Self.ellipsoid(SIMD3(68, 85, 62))
    for index in scan.voxels.indices where row.body.empty.contains(Int(scan.voxel(at: index)[row.body.axis]))
    {
      scan.voxels[index] = 0
    }
    let prepared = try withScan(scan) { try Self.preprocessing().preprocess($0) }
    let notes = prepared.record.notes.filter { $0.contains("empty") }
    #expect(
      notes.count == (row.body.note == nil ? 0 : 1) && notes.first?.contains(row.body.note ?? "") != false)
  }

  static let highest: [Row<(limit: Float, isNoted: Bool)>] = [
    Row("as it is", (1000, false)), Row("the brightest tenth cut off", (118, true)),
    Row("a few voxels cut off", (119.8, false)),
  ]

  @Test(arguments: highest)
  func intensitiesThatWereCutOffAreNoted(row: Row<(limit: Float, isNoted: Bool)>) throws {
    let scan = Self.ellipsoid(SIMD3(68, 85, 62)).map { min($0, row.body.limit) }
    let prepared = try withScan(scan) { try Self.preprocessing().preprocess($0) }
    #expect(prepared.record.notes.contains { $0.contains("highest intensity") } == row.body.isNoted)
  }

  @Test func aStrippedScanWithItsOwnMaskIsTreatedAsWithoutIt() throws {
    let scan = TestScan.make(1).image
    try withTemporaryFolder { folder in
      let files = ["scan.nii.gz", "mask.nii.gz"].map(folder.appendingPathComponent)
      try NIfTI.write(scan, to: files[0])
      try NIfTI.write(scan.map { $0 == 0 ? UInt8(0) : 1 }, to: files[1])
      var masked = ScanCase(scan: files[0])
      masked.brainMask = files[1]
      let without = try Self.preprocessing([]).preprocess(ScanCase(scan: files[0]))
      let with = try Self.preprocessing([]).preprocess(masked)
      #expect(with.brain?.voxels == without.brain?.voxels && with.volume.voxels == without.volume.voxels)
      #expect(with.toTemplate == nil && without.toTemplate == nil)
    }
  }

  @Test(arguments: states)
  func theSkullIsDetected(row: Row<(radii: SIMD3<Double>, background: Float, expected: SkullState)>) {
    #expect(
      SkullState.detected(in: Self.ellipsoid(row.body.radii, background: row.body.background))
        == row.body.expected)
  }

  @Test func aStrippedSlabInTemplateSpaceIsUnchanged() throws {
    let scan = TestScan.make(1).image
    let prepared = try withScan(scan) { try Self.preprocessing(["correctsBias=true"]).preprocess($0) }
    #expect(prepared.brain?.voxels == scan.voxels.map { $0 == 0 ? 0 : 1 } && prepared.toTemplate == nil)
    #expect(prepared.volume.voxels == scan.voxels)
    let steps = Dictionary(uniqueKeysWithValues: prepared.record.steps.map { ($0.name, $0) })
    #expect(steps["registration"]?.detail == "the scan is in template space")
  }

  static let heights: [Row<(millimetres: Double, isCorrected: Bool)>] = [
    Row("one slice", (4, false)), Row("a slab", (56, false)), Row("half a brain", (64, true)),
    Row("a brain", (124, true)),
  ]

  @Test(arguments: heights)
  func slabsAreNotCorrected(row: Row<(millimetres: Double, isCorrected: Bool)>) throws {
    var scan = Self.ellipsoid(SIMD3(68, 85, 62), centre: SIMD3(20, 5, 30))
    for index in scan.voxels.indices {
      let z = scan.geometry.world(ofVoxel: SIMD3<Double>(scan.voxel(at: index))).z
      if abs(z - 30) > row.body.millimetres / 2 { scan.voxels[index] = 0 }
    }
    let prepared = try withScan(scan) { try Self.preprocessing(["registers=false"]).preprocess($0) }
    #expect((prepared.volume.voxels != scan.voxels) == row.body.isCorrected)
    let step = try #require(prepared.record.steps.first { $0.name == "bias correction" })
    #expect(step.isDone == row.body.isCorrected)
    #expect(step.isDone || step.detail == "the scan shows less than 60 mm of brain")
  }

  @Test func nonZeroVoxelsOfAStrippedScanAreBrain() throws {
    let scan = Self.ellipsoid(SIMD3(68, 85, 62), centre: SIMD3(20, 5, 30))
    let prepared = try withScan(scan) { try Self.preprocessing().preprocess($0) }
    #expect(prepared.brain?.voxels == scan.voxels.map { $0 == 0 ? 0 : 1 })
    #expect(prepared.record.notes == ["The scan was treated as skull-stripped."])
    #expect(abs(try #require(prepared.record.brainVolume) - 1501) < 30)
  }

  @Test func givenMasksAndTransformsReplaceTheirSteps() throws {
    let scan = Self.ellipsoid(SIMD3(80, 100, 95), background: 2)
    try withTemporaryFolder { folder in
      let files = ["scan.nii.gz", "mask.nii.gz", "xfm.txt"].map(folder.appendingPathComponent)
      let brain = Mask(geometry: scan.geometry, voxels: scan.voxels.map { $0 > 112 ? 1 : 0 })
      try NIfTI.write(scan, to: files[0])
      try NIfTI.write(brain, to: files[1])
      var scanCase = ScanCase(scan: files[0])
      scanCase.brainMask = files[1]
      let masked = try Self.preprocessing().preprocess(scanCase)
      #expect(
        masked.brain?.voxels == brain.voxels
          && masked.record.steps.contains { $0.detail == "the scan has a brain mask" })
      let transform = RegisteredScanTests.transform(pitch: 0.2, shift: SIMD3(1, 2, 3))
      try ITKTransformFile.write(transform, to: files[2])
      scanCase.templateTransform = files[2]
      let placed = try Self.preprocessing([]).preprocess(scanCase)
      #expect(placed.brain?.voxels == brain.voxels)
      let found = try #require(placed.toTemplate)
      let corner = SIMD3(90.0, -100, 80), off = found.apply(corner) - transform.apply(corner)
      #expect(max(off.max(), -off.min()) < 1e-6)
    }
  }

  @Test func aScanWithSkullNeedsTheWeights() throws {
    let problem = try problem {
      try withScan(Self.ellipsoid(SIMD3(80, 100, 95), background: 2)) {
        try Self.preprocessing().preprocess($0)
      }
    }
    #expect(problem.kind == .missingLibrary && problem.what.contains("weights of brain extraction"))
  }

  @Test func theSkullOptionOverridesDetection() throws {
    let scan = Self.ellipsoid(SIMD3(80, 100, 95))
    let prepared = try withScan(scan) { try Self.preprocessing(skull: .absent).preprocess($0) }
    #expect(prepared.brain?.count == scan.voxels.count { $0 != 0 })
  }

  @Test func keptResultsAreReused() throws {
    try withTemporaryFolder { folder in
      try withScan(Self.ellipsoid(SIMD3(68, 85, 62), centre: SIMD3(20, 5, 30))) { scan in
        let settings = ["registers=false", "denoisingIterations=2"]
        let first = try Self.preprocessing(settings).preprocess(scan, keptIn: folder)
        let files = PreprocessedFiles(scan, in: folder)
        let written = try Data(contentsOf: files.scan)
        let second = try Self.preprocessing(settings).preprocess(scan, keptIn: folder)
        #expect(second.record == first.record && second.brain?.voxels == first.brain?.voxels)
        let brain = try #require(first.brain)
        let inside = zip(first.volume.voxels, brain.voxels).map { $1 == 0 ? 0 : $0 }
        #expect(distance(second.volume.voxels, inside) == 0)
        #expect(try Data(contentsOf: files.scan) == written)
        // Other settings give another result.
        let other = try PreprocessingSidecar(scan, key: Self.preprocessing(["registers=false"]).key)
        #expect(files.completed(like: other) == nil)
      }
    }
  }

  @Test func theBrainIsCorrectedAndTheStepsAreRecorded() throws {
    let flat = Self.ellipsoid(SIMD3(68, 85, 62), centre: SIMD3(20, 5, 30)).map { $0 == 0 ? 0 : Float(100) }
    var shaded = flat
    for index in shaded.voxels.indices {
      let x = Double(index % 50), y = Double(index / 50 % 60)
      shaded.voxels[index] *=
        Float(exp(0.3 * sin(x / 25) + 0.2 * cos(y / 30))) * (1 + 0.005 * Float(index % 7))
    }
    let prepared = try withScan(shaded) { try Self.preprocessing(["registers=false"]).preprocess($0) }
    func spread(_ volume: Volume) -> Float {
      let inside = zip(volume.voxels, flat.voxels).filter { $1 > 0 }.map(\.0)
      let statistics = RobustStatistics.medianAndDeviation(of: inside)
      return statistics.deviation / statistics.median
    }
    #expect(spread(prepared.volume) < 0.6 * spread(shaded), "\(spread(prepared.volume)), \(spread(shaded))")
    #expect(prepared.record.steps.map(\.isDone) == [false, true, false])
  }
}

extension Mask {
  /// Returns the mask moved in the world by mm.
  fileprivate func moved(_ offset: SIMD3<Double>) -> Mask {
    var affine = geometry.affine
    affine.origin += offset
    return Mask(geometry: Geometry(shape: shape, affine: affine), voxels: voxels)
  }
}
