import Cohort
import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
import StrictSettings
@testable import Preprocessing

@Suite struct TemplateRegistrationTests {
  private static let registration = Result { try TemplateRegistration(template: TestBrain.template) }

  private static func register(_ scan: Volume, seed: Int = 0) throws -> TemplateRegistration.Result {
    var registration = try registration.get()
    registration.settings.seed = seed
    return try registration.register(scan, brain: TestBrain.mask(scan), name: "scan.nii.gz")
  }

  /// Returns a scan that this map takes to the template, on its own grid.
  private static func scan(_ toTemplate: Affine, _ contrast: TestBrain.Contrast = .flair) throws -> Volume {
    var geometry = TestBrain.grid(spacing: SIMD3(4, 4, 5))
    geometry = Geometry(
      shape: geometry.shape, affine: try toTemplate.inverse().composed(with: geometry.affine))
    // The axes remain the world axes; only the origin of the grid follows the brain.
    let (size, middle) = (
      SIMD3(4.0, 4, 5), geometry.affine.apply(SIMD3<Double>(SIMD3(geometry.shape) &- 1) / 2)
    )
    let corner = middle - size * SIMD3<Double>(SIMD3(geometry.shape)) / 2 - 12
    let counts = geometry.shape.indices.map { geometry.shape[$0] + Int(24 / size[$0]) }
    let axes = Affine(
      i: SIMD3(size.x, 0, 0), j: SIMD3(0, size.y, 0), k: SIMD3(0, 0, size.z), origin: corner)
    return TestBrain.scan(contrast, geometry: Geometry(shape: counts, affine: axes), toTemplate: toTemplate)
  }

  static let places: [Row<Affine>] = [
    Row("as it is", .identity),
    Row(
      "nodding, larger and far away",
      .placed(turn: SIMD3(0.3, 0, 0.05), scale: SIMD3(0.9, 0.92, 0.88), shift: SIMD3(120, -80, 60))),
    Row("turned and smaller", .placed(turn: SIMD3(-0.2, 0.1, -0.1), scale: SIMD3(1.1, 1.08, 1.12))),
  ]

  @Test(arguments: places)
  func aKnownAffineIsRecovered(row: Row<Affine>) throws {
    let scan = try Self.scan(row.body)
    let found = try Self.register(scan)
    let distance = found.toTemplate.cornerDistance(to: row.body, of: TestBrain.mask(scan))
    #expect(distance < 1, "\(row.name): \(distance) mm")
    #expect(found.overlap > 0.95 && found.notes.isEmpty)
  }

  @Test func everyOrientationGivesTheSameMap() throws {
    let scan = try Self.scan(.placed(turn: SIMD3(0.1, 0, 0)))
    let turned = Orientation(permutation: [2, 0, 1], isFlipped: [true, false, true]).apply(scan)
    let (a, b) = (try Self.register(scan), try Self.register(turned))
    #expect(a.toTemplate.cornerDistance(to: b.toTemplate, of: TestBrain.mask(scan)) < 0.2)
  }

  @Test func seedsAgree() throws {
    let scan = try Self.scan(.placed(turn: SIMD3(0.15, -0.05, 0.1)))
    let mask = TestBrain.mask(scan)
    let found = try [0, 1, 4].map { try Self.register(scan, seed: $0).toTemplate }
    for (a, b) in [(found[0], found[1]), (found[0], found[2]), (found[1], found[2])] {
      #expect(a.cornerDistance(to: b, of: mask) < 1)
    }
  }

  @Test func aSeedIsReproducibleAlsoConcurrently() throws {
    let grid = TestBrain.grid(spacing: SIMD3(8, 8, 8))
    let fixed = TestBrain.scan(.t1, geometry: grid)
    let moving = TestBrain.scan(.flair, geometry: grid, toTemplate: .placed(turn: SIMD3(0.1, 0.05, 0)))
    let region = Mask(geometry: grid, repeating: 1)
    let stage = ITK.Stage(kind: .affine, iterations: 20, bins: 32, sampling: 0.25, seed: 7, firstStep: 4)
    let runs = concurrentMap(6) { _ in
      Swift.Result {
        try ITK.register(fixed: fixed, region: region, moving: moving, from: .identity, stage: stage)
      }
    }
    let first = try runs[0].get()
    #expect(first.affine != .identity)
    for run in runs { #expect(try run.get() == first) }
  }

  @Test func leftStaysLeft() throws {
    let scan = try Self.scan(.identity)
    let mirror = Affine(i: SIMD3(-1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: .zero)
    let mirrored = Volume(
      geometry: Geometry(shape: scan.shape, affine: mirror.composed(with: scan.geometry.affine)),
      voxels: scan.voxels)
    let found = try Self.register(mirrored)
    #expect(found.toTemplate.determinant > 0)
    // The left of the brain is now on the right and must stay there.
    #expect(found.toTemplate.apply(SIMD3(60, -17, 8)).x > 40)
  }

  /// What data show under a RAS header when their own axes were these.
  static let turns: [Row<(axes: [SIMD3<Double>], what: String?)>] = [
    Row("RAS", ([SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)], nil)),
    // The brain is nearly symmetric: this does not show.
    Row("LAS", ([SIMD3(-1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)], nil)),
    Row("LPS", ([SIMD3(-1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1)], "(left to right and front to back)")),
    Row("LAI", ([SIMD3(-1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, -1)], "(left to right and upside down)")),
    Row("RPI", ([SIMD3(1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, -1)], "(front to back and upside down)")),
  ]

  @Test(arguments: turns)
  func aLostOrientationIsRefused(row: Row<(axes: [SIMD3<Double>], what: String?)>) throws {
    let scan = try Self.scan(.placed(turn: SIMD3(0.1, 0, 0)))
    try Self.expectRefusal(of: scan, TestBrain.mask(scan), row, by: Self.registration.get())
  }

  /// Of a real brain, whose halves are nearly alike: mirrors and exchanged axes too.
  static let realTurns: [Row<(axes: [SIMD3<Double>], what: String?)>] =
    turns + [
      Row("RPS", ([SIMD3(1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1)], "(left to right and front to back)")),
      Row("RAI", ([SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, -1)], "(left to right and upside down)")),
      Row("LPI", ([SIMD3(-1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, -1)], "(front to back and upside down)")),
      Row("ASR, sagittal slices", ([SIMD3(0, 1, 0), SIMD3(0, 0, 1), SIMD3(1, 0, 0)], "turned")),
      Row("PIR, sagittal slices", ([SIMD3(0, -1, 0), SIMD3(0, 0, -1), SIMD3(1, 0, 0)], "turned")),
      Row("RSA, coronal slices", ([SIMD3(1, 0, 0), SIMD3(0, 0, 1), SIMD3(0, 1, 0)], "turned")),
      Row("LIA, coronal slices", ([SIMD3(-1, 0, 0), SIMD3(0, 0, -1), SIMD3(0, 1, 0)], "turned")),
      Row("ARS", ([SIMD3(0, 1, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 1)], "turned")),
    ]

  private static let folder = packageRoot.appending(path: ".deps/template")
  private static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }
  private static let real = Result { try TemplateRegistration(template: Template(folder: folder)) }

  @Test(.enabled(if: isThere, "no template: run Scripts/bootstrap"), arguments: realTurns)
  func aLostOrientationOfARealBrainIsRefused(row: Row<(axes: [SIMD3<Double>], what: String?)>) throws {
    let registration = try Self.real.get(), template = registration.template
    let grid = template.brain.geometry.isotropic(spacing: 3, around: template.brain.geometry.box)
    let mask = try Resample.nearest(template.mask, to: grid)
    // The contrast of a FLAIR is not that of the template.
    let voxels = zip(try Resample.alongAxes(template.brain, to: grid).voxels, mask.voxels).map {
      $1 == 0 ? 0 : max(200 - $0, 1)
    }
    try Self.expectRefusal(of: Volume(geometry: grid, voxels: voxels), mask, row, by: registration)
  }

  private static func expectRefusal(
    of scan: Volume, _ mask: Mask, _ row: Row<(axes: [SIMD3<Double>], what: String?)>,
    by registration: TemplateRegistration
  ) throws {
    let axes = row.body.axes
    // From the world as it is to the world as the header says.
    let turn = try Affine(i: axes[0], j: axes[1], k: axes[2], origin: .zero).inverse()
    let geometry = Geometry(shape: scan.shape, affine: turn.composed(with: scan.geometry.affine))
    let (turned, brain) = (
      Volume(geometry: geometry, voxels: scan.voxels), Mask(geometry: geometry, voxels: mask.voxels)
    )
    guard let what = row.body.what else {
      _ = try registration.register(turned, brain: brain, name: "scan")
      return
    }
    let refused = try problem { try registration.register(turned, brain: brain, name: "scan") }
    #expect(refused.kind == .badData && refused.what.contains(what), "\(refused)")
    #expect(refused.what.contains("the brain fits the template better when it is turned"))
  }

  @Test func aSlabIsRegisteredToItsOrigin() throws {
    let whole = try Self.scan(.placed(turn: SIMD3(0.08, 0, 0)))
    let layers = 13..<25
    let plane = whole.shape[0] * whole.shape[1]
    var affine = whole.geometry.affine
    affine.origin += affine.k * Double(layers.lowerBound)
    let slab = Volume(
      geometry: Geometry(shape: [whole.shape[0], whole.shape[1], layers.count], affine: affine),
      voxels: Array(whole.voxels[plane * layers.lowerBound..<plane * layers.upperBound]))
    let found = try Self.register(slab)
    let truth = Affine.placed(turn: SIMD3(0.08, 0, 0))
    #expect(found.toTemplate.cornerDistance(to: truth, of: TestBrain.mask(slab)) < 5)
  }

  static let refusals: [Row<(scan: Volume, mask: Mask, what: String)>] = {
    let scan = TestBrain.scan(.flair, geometry: TestBrain.grid(spacing: SIMD3(4, 4, 4)))
    let mask = TestBrain.mask(scan)
    let columns = scan.geometry.affine.columns.map { $0 * 0.4 }
    let tiny = Geometry(
      shape: scan.shape, affine: Affine(i: columns[0], j: columns[1], k: columns[2], origin: .zero))
    // A rod is not a brain in any orientation.
    let rod = Mask(
      geometry: scan.geometry,
      voxels: mask.voxels.indices.map { abs($0 % scan.shape[0] - 20) < 3 ? mask.voxels[$0] : 0 })
    return [
      Row(
        "nothing",
        (
          scan, Mask(geometry: scan.geometry, repeating: 0),
          "the scan has no positive intensities inside the brain mask"
        )
      ),
      Row(
        "dark",
        (
          Volume(geometry: scan.geometry, repeating: 0), mask,
          "the scan has no positive intensities inside the brain mask"
        )),
      Row(
        "another grid",
        (scan, Mask(geometry: tiny, voxels: mask.voxels), "the brain mask is not on the grid of the scan")),
      Row(
        "too small",
        (
          Volume(geometry: tiny, voxels: scan.voxels), Mask(geometry: tiny, voxels: mask.voxels),
          "the scan could not be registered to the template: "
        )),
      Row("a rod", (scan, rod, "the scan could not be registered to the template: ")),
    ]
  }()

  @Test(arguments: refusals)
  func implausibleResultsAreRefused(row: Row<(scan: Volume, mask: Mask, what: String)>) throws {
    let (scan, mask, what) = row.body
    let refused = try problem { try Self.registration.get().register(scan, brain: mask, name: "scan.nii.gz") }
    #expect(refused.what.hasPrefix(what), "\(refused)")
    #expect(refused.kind == .badData && refused.location == "scan.nii.gz" && !refused.advice.isEmpty)
  }

  static let fits: [Row<(toTemplate: Affine, what: String)>] = [
    Row("volume", (.placed(scale: SIMD3(0.7, 0.7, 0.7)), "its volume would change by a factor of 0.34")),
    Row(
      "mirrored", (.placed(scale: SIMD3(-1, 1, 1)), "its volume would change by a factor of -1.00")),
    Row("turned", (.placed(turn: SIMD3(0.9, 0, 0)), "it would be rotated by 52 degrees")),
    Row("shifted", (.placed(shift: SIMD3(0, 60, 0)), "the brains overlap by 0.")),
  ]

  @Test(arguments: fits)
  func aRefusalStatesTheMeasuredValue(row: Row<(toTemplate: Affine, what: String)>) throws {
    let refused = try problem {
      try RegistrationFit(
        row.body.toTemplate, template: TestBrain.template.mask, brain: TestBrain.template.mask
      )
      .notes(settings: RegistrationSettings(), name: "scan.nii.gz")
    }
    #expect(
      refused.what.hasPrefix("the scan could not be registered to the template: \(row.body.what)"),
      "\(refused)")
  }

  @Test func aLowOverlapGetsANote() throws {
    let fit = try RegistrationFit(
      .placed(shift: SIMD3(0, 14, 0)), template: TestBrain.template.mask, brain: TestBrain.template.mask)
    let notes = try fit.notes(settings: RegistrationSettings(), name: "scan.nii.gz")
    #expect(notes.count == 1 && notes[0].hasPrefix("Registration: the brains overlap by only 0.8"))
  }

  @Test func errorsOfITKAreProblems() throws {
    let volume = Volume(geometry: Geometry(shape: [8, 8, 8], affine: .identity), repeating: 1)
    let region = Mask(geometry: volume.geometry, repeating: 1)
    let stage = ITK.Stage(kind: .similarity, iterations: 2, bins: 32, sampling: 1, seed: 0, firstStep: 1)
    let refused = try problem {
      try ITK.register(
        fixed: volume, region: region, moving: volume, from: .placed(scale: SIMD3(1, 2, 1)), stage: stage)
    }
    #expect(refused.what.hasPrefix("ITK: registration failed: ") && refused.kind == .badData)
    #expect(!refused.what.contains("0x"))
  }

  static let settings: [Row<[String: ConfigurationNode]>] = [
    Row("seed", ["seed": .int(-1)]), Row("leastOverlap", ["leastOverlap": .double(1.5)]),
    Row("goodOverlap", ["goodOverlap": .double(-0.1)]),
  ]

  @Test(arguments: settings)
  func settingsOutOfRangeAreRefused(row: Row<[String: ConfigurationNode]>) throws {
    #expect(throws: ConfigurationError.self) { try RegistrationSettings(strict: .map(row.body)) }
  }
}
