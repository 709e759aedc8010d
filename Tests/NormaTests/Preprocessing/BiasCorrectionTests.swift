import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
import StrictSettings
@testable import Preprocessing

@Suite struct BiasCorrectionTests {
  @Test func theFieldEqualsThatOfSimpleITK() throws {
    let goldens = try Goldens.tensors("preprocessing.safetensors")
    let geometry = Geometry(
      shape: [24, 20, 18],
      affine: Affine(i: SIMD3(4, 0, 0), j: SIMD3(0, 5, 0), k: SIMD3(0, 0, 4), origin: .zero))
    let scan = Volume(geometry: geometry, voxels: try goldens.golden("bias/scan").values())
    let mask = Mask(geometry: geometry, voxels: try goldens.bytes("bias/mask"))
    let field = try ITK.logBiasField(of: scan, mask: mask, settings: BiasCorrectionSettings())
    #expect(distance(field.voxels, try goldens.golden("bias/field").values()) < 2e-3)
  }

  /// Returns two tissues in a ball whose intensities increase to the right by `shading` per mm.
  private static func scan(shading: Double, scale: Float = 1) -> (scan: Volume, brain: Mask) {
    let geometry = Geometry(
      shape: [44, 40, 26],
      affine: Affine(i: SIMD3(3, 0, 0), j: SIMD3(0, -3, 0), k: SIMD3(0, 0, 5), origin: SIMD3(-65, 60, -62)))
    var generator = SeededGenerator(seed: 2)
    var scan = Volume(geometry: geometry, repeating: 0)
    var brain = Mask(geometry: geometry, repeating: 0)
    for index in scan.voxels.indices {
      let voxel = SIMD3(index % 44, index / 44 % 40, index / (44 * 40))
      let place = geometry.world(ofVoxel: SIMD3<Double>(voxel))
      let radius = (place * place).sum().squareRoot()
      let tissue = radius < 30 ? 100.0 : radius < 50 ? 60 : 0
      let value = tissue * exp(shading * place.x) + Double.random(in: 0...3, using: &generator)
      scan.voxels[index] = scale * Float(value)
      brain.voxels[index] = tissue > 0 ? 1 : 0
    }
    return (scan, brain)
  }

  private static let shaded = scan(shading: 0.006)
  private static let field = Result { try BiasCorrection().logField(of: shaded.scan, brain: shaded.brain) }

  @Test func shadingIsRemoved() throws {
    let (scan, brain) = Self.shaded
    let corrected = try BiasCorrection().correct(scan, brain: brain)
    #expect(corrected.geometry == scan.geometry)
    // Along x through the centre, the inner tissue has equal intensities on both sides.
    func ratio(_ volume: Volume) -> Float { volume[30, 20, 12] / volume[13, 20, 12] }
    #expect(ratio(scan) > 1.25 && abs(ratio(corrected) - 1) < 0.06, "\(ratio(scan)) \(ratio(corrected))")
    let expected = zip(scan.voxels, try Self.field.get().voxels).map { $0 / exp($1) }
    #expect(corrected.voxels == expected)
  }

  @Test func theFieldExtendsBeyondTheBrain() throws {
    let field = try Self.field.get()
    #expect(field.nonFiniteCount == 0)
    // The grid starts at x = -65, the box of the brain at -50; the centres of the coarse voxels are inside.
    #expect(field[0, 20, 12] == field[4, 20, 12] && field[0, 20, 12] != field[8, 20, 12])
  }

  @Test func unitsOfIntensityDoNotMatter() throws {
    let bright = Self.scan(shading: 0.006, scale: 1000).scan
    let field = try BiasCorrection().logField(of: bright, brain: Self.shaded.brain)
    #expect(distance(field.voxels, try Self.field.get().voxels) < 2e-3)
  }

  /// Returns textured tissue in a ball with shading, and a lesion 1.6 times as bright in its left half.
  private static func lesioned(radius: Double) -> (scan: Volume, brain: Mask, lesion: Mask) {
    var (scan, brain) = scan(shading: 0)
    var lesion = Mask(geometry: scan.geometry, repeating: 0)
    for index in scan.voxels.indices where brain.voxels[index] != 0 {
      let place = scan.geometry.world(ofVoxel: SIMD3<Double>(scan.voxel(at: index)))
      let offset = place - SIMD3(-18, 0, 0)
      lesion.voxels[index] = (offset * offset).sum() < radius * radius ? 1 : 0
      let texture = 1 + 0.1 * sin(place.x / 4) * sin(place.y / 5) + 0.1 * sin(place.z / 6)
      let value = 100 * texture * (lesion.voxels[index] == 0 ? 1 : 1.6) * exp(0.006 * place.x)
      scan.voxels[index] = Float(value)
    }
    return (scan, brain, lesion)
  }

  static let lesions: [Row<(radius: Double, outlierDeviations: Double, error: ClosedRange<Double>)>] = [
    Row("no lesion", (0, 2, 0...0.03)), Row("a small lesion", (8, 2, 0...0.06)),
    Row("a large lesion", (22, 2, 0...0.06)), Row("a large lesion in the fit", (22, 0, 0.15...0.5)),
  ]

  @Test(arguments: lesions)
  func lesionsAreNotTakenForBias(
    row: Row<(radius: Double, outlierDeviations: Double, error: ClosedRange<Double>)>
  ) throws {
    let (scan, brain, lesion) = Self.lesioned(radius: row.body.radius)
    var settings = BiasCorrectionSettings()
    settings.outlierDeviations = row.body.outlierDeviations
    let field = try BiasCorrection(settings: settings).logField(of: scan, brain: brain)
    func error(_ isMeasured: (Int) -> Bool) -> Double {
      let chosen = brain.voxels.indices.filter { brain.voxels[$0] != 0 && isMeasured($0) }
      return chosen.reduce(0) { sum, index in
        let place = scan.geometry.world(ofVoxel: SIMD3<Double>(scan.voxel(at: index)))
        return sum + Double(field.voxels[index]) - 0.006 * place.x
      } / Double(max(chosen.count, 1))
    }
    let offset = error { lesion.voxels[$0] == 0 }
    let taken = row.body.radius > 0 ? error { lesion.voxels[$0] != 0 } - offset : 0
    #expect(row.body.error.contains(abs(taken)), "\(taken)")
  }

  static let refusals: [Row<(scan: Volume, brain: Mask, what: String)>] = {
    let (scan, brain) = BiasCorrectionTests.scan(shading: 0)
    let other = Geometry(shape: scan.shape, affine: .identity)
    var layer = Mask(geometry: scan.geometry, repeating: 0)
    for index in 0..<44 * 40 { layer.voxels[index] = 1 }
    return [
      Row("empty", (scan, Mask(geometry: scan.geometry, repeating: 0), "the brain mask is empty")),
      Row(
        "another grid",
        (scan, Mask(geometry: other, voxels: brain.voxels), "the brain mask is not on the grid of the scan")),
      Row("a layer", (scan, layer, "the brain mask is 4 mm thick; bias correction needs 16 mm")),
      Row(
        "dark",
        (
          Volume(geometry: scan.geometry, repeating: 0), brain,
          "the scan has no positive intensities inside the brain mask"
        )),
    ]
  }()

  @Test(arguments: refusals)
  func unusableMasksAreRefused(row: Row<(scan: Volume, brain: Mask, what: String)>) throws {
    let refused = try problem { try BiasCorrection().correct(row.body.scan, brain: row.body.brain) }
    #expect(refused.what == row.body.what && refused.kind == .badData && !refused.advice.isEmpty)
  }

  static let settings: [Row<[String: ConfigurationNode]>] = [
    ("spacing", .double(0)), ("controlPoints", .int(3)), ("levels", .int(0)), ("iterations", .int(0)),
    ("convergence", .double(0)), ("fullWidthAtHalfMaximum", .double(0)), ("wienerNoise", .double(2)),
    ("outlierDeviations", .double(-1)), ("outlierMargin", .double(31)), ("level", .int(4)),
  ].map { (key: String, value: ConfigurationNode) in Row(key, [key: value]) }

  @Test(arguments: settings)
  func settingsOutOfRangeAreRefused(row: Row<[String: ConfigurationNode]>) throws {
    #expect(throws: ConfigurationError.self) { try BiasCorrectionSettings(strict: .map(row.body)) }
  }
}

@Suite struct CurvatureFlowTests {
  private static let geometry = Geometry(
    shape: [13, 11, 9],
    affine: Affine(i: SIMD3(0.45, 0, 0), j: SIMD3(0, 0.45, 0), k: SIMD3(0, 0, 3), origin: .zero))

  @Test(arguments: [3, 10])
  func theResultEqualsThatOfSimpleITK(iterations: Int) throws {
    let goldens = try Goldens.tensors("preprocessing.safetensors")
    var settings = CurvatureFlowSettings()
    settings.iterations = iterations
    let scan = Volume(geometry: Self.geometry, voxels: try goldens.golden("flow/scan").values())
    let smooth = try CurvatureFlow(settings: settings).smooth(scan)
    #expect(distance(smooth.voxels, try goldens.golden("flow/\(iterations)").values()) < 1e-3)
  }

  @Test func nonFiniteVoxelsAreRefused() throws {
    var scan = Volume(geometry: Self.geometry, repeating: 1)
    scan[2, 2, 2] = .nan
    let refused = try problem { try CurvatureFlow().smooth(scan) }
    #expect(refused.what == "1 voxels are NaN or infinite" && refused.kind == .badData)
  }

  static let settings: [Row<[String: ConfigurationNode]>] = [
    Row("timeStep", ["timeStep": .double(0.2)]), Row("iterations", ["iterations": .int(0)]),
  ]

  @Test(arguments: settings)
  func settingsOutOfRangeAreRefused(row: Row<[String: ConfigurationNode]>) throws {
    #expect(throws: ConfigurationError.self) { try CurvatureFlowSettings(strict: .map(row.body)) }
  }
}
