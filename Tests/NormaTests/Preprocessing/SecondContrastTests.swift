import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Preprocessing

private let template = packageRoot.appending(path: ".deps/template")
private let hasTemplate = FileManager.default.fileExists(atPath: template.path)

/// A FLAIR and a T1w that are made from the maps of the template, each in a position of its own.
@Suite(.enabled(if: hasTemplate, "no template: run Scripts/bootstrap"))
struct SecondContrastTests {
  /// From the world of each scan to that of the template.
  private static let flairPosition = Affine.placed(turn: SIMD3(0.09, -0.05, 0.08), shift: SIMD3(6, 25, 4))
  private static let t1wPosition = Affine.placed(turn: SIMD3(-0.04, 0.06, -0.03), shift: SIMD3(-4, 22, -5))

  private let home: TemporaryFolder
  private let flair: Volume, t1w: Volume

  init() throws {
    home = try TemporaryFolder()
    let files = TemplateFiles(folder: template), t1 = try files.read(.t1)
    let (grey, white) = (try files.read(.greyMatter).voxels, try files.read(.whiteMatter).voxels)
    // Fluid is what is neither; skull-stripped.
    let contrast = t1.voxels.indices.map { index -> Float in
      t1.voxels[index] <= 0 ? 0 : 30 + (110 * grey[index] + 70 * white[index]) / 255
    }
    flair = try Self.scan(
      Volume(geometry: t1.geometry, voxels: contrast), at: Self.flairPosition, spacing: SIMD3(2, 2, 5))
    t1w = try Self.scan(t1, at: Self.t1wPosition, spacing: SIMD3(2, 2, 2))
  }

  /// Measures an object in the template at a position.
  private static func scan(_ object: Volume, at position: Affine, spacing: SIMD3<Double>) throws -> Volume {
    let grid = TestBrain.grid(spacing: spacing), margin = 8
    let wide = Geometry(
      shape: grid.shape.map { $0 + 2 * margin },
      affine: Affine(
        i: grid.affine.i, j: grid.affine.j, k: grid.affine.k,
        origin: grid.affine.origin - Double(margin) * spacing))
    let measured = try Resample.averaged(object, to: wide.moved(by: position))
    return Volume(geometry: wide, voxels: measured.voxels.map { $0 < 15 ? 0 : $0 })
  }

  /// The slices of a scan in a range.
  private static func slices(_ range: Range<Int>, of scan: Volume) -> Volume {
    let grid = scan.geometry, area = grid.shape[0] * grid.shape[1]
    let cut = Geometry(
      shape: [grid.shape[0], grid.shape[1], range.count],
      affine: Affine(
        i: grid.affine.i, j: grid.affine.j, k: grid.affine.k,
        origin: grid.affine.apply(SIMD3(0, 0, Double(range.lowerBound)))))
    return Volume(
      geometry: cut, voxels: Array(scan.voxels[range.lowerBound * area..<range.upperBound * area]))
  }

  private func preprocess(_ flair: Volume? = nil, with t1w: Volume?) throws -> PreprocessedScan {
    let file = home.url.appendingPathComponent("T1w.nii.gz")
    if let t1w { try NIfTI.write(t1w, to: file) }
    return try preprocess(flair, file: t1w.map { _ in file })
  }

  private func preprocess(_ flair: Volume? = nil, file: URL?) throws -> PreprocessedScan {
    let image = home.url.appendingPathComponent("FLAIR.nii.gz")
    try NIfTI.write(flair ?? self.flair, to: image)
    let preprocessor = Preprocessor(
      settings: try PreprocessingSettings().with(["preprocessing.correctsBias=false"]),
      resources: Preprocessor.Resources(brainWeights: URL(filePath: "/nowhere"), template: template))
    return try preprocessor.preprocess(ScanCase(participantID: "a", image: image, t1w: file))
  }

  @Test func theT1wIsRegisteredAndAWholeFLAIRKeepsItsPlace() throws {
    let result = try preprocess(with: t1w), brain = try #require(result.brain)
    let found = try #require(result.record.t1w?.registration)
    let toT1w = try Self.t1wPosition.inverse().composed(with: Self.flairPosition)
    #expect(found.toT1w.cornerDistance(to: toT1w, of: brain) < 0.6)
    #expect(
      found.overlap > 0.95 && found.agreement > 0.18 && found.coverage > 0.99,
      "\(found.overlap), \(found.agreement), \(found.coverage)")
    #expect(result.record.t1w?.refusal == nil)
    let alone = try preprocess(with: nil)
    #expect(result.toTemplate == alone.toTemplate && result.brain?.voxels == alone.brain?.voxels)
    #expect(result.volume.voxels == alone.volume.voxels)
    // On the FLAIR's grid it shows what the FLAIR shows there.
    var scan = ScanCase(participantID: "a", image: home.url)
    scan.t1w = home.url.appendingPathComponent("T1w.nii.gz")
    let moved = try #require(try scan.t1w(onGridOf: result))
    let (common, both) = zip(moved.voxels, flair.voxels).reduce((0, 0)) { counts, values in
      (
        counts.0 + (values.0 > 0 && values.1 > 0 ? 1 : 0),
        counts.1 + (values.0 > 0 ? 1 : 0) + (values.1 > 0 ? 1 : 0)
      )
    }
    // The edges differ, since the FLAIR has thick slices; the inverse map would be centimetres off.
    let dice = 2 * Double(common) / Double(both)
    #expect(moved.geometry == flair.geometry && dice > 0.9, "\(dice)")
  }

  @Test func theT1wGivesAPartItsPlace() throws {
    // 50 mm, which is not registered alone.
    let part = Self.slices(18..<28, of: flair)
    #expect(try preprocess(part, with: nil).toTemplate == nil)
    let result = try preprocess(part, with: t1w), brain = try #require(result.brain)
    #expect(try #require(result.toTemplate).cornerDistance(to: Self.flairPosition, of: brain) < 2)
    #expect(result.record.steps.contains { $0.detail.hasSuffix("that of the T1w") && $0.isDone })
    #expect(result.picture != nil && result.record.templateOverlap.map { $0 > 0.9 } == true)
  }

  @Test func theT1wOfAPartMayBeFarAway() throws {
    let away = Volume(
      geometry: t1w.geometry.moved(by: Affine(diagonal: SIMD3(1, 1, 1), origin: SIMD3(10, -20, 60))),
      voxels: t1w.voxels)
    // 50 mm whose centre is far above that of the brain.
    let result = try preprocess(Self.slices(26..<36, of: flair), with: away)
    let brain = try #require(result.brain)
    #expect(try #require(result.toTemplate).cornerDistance(to: Self.flairPosition, of: brain) < 2)
  }

  @Test func aT1wThatDoesNotFitChangesNothingAndSaysWhy() throws {
    let alone = try preprocess(with: nil)
    #expect(alone.record.t1w == nil)
    let narrow = Volume(
      geometry: t1w.geometry.moved(by: Affine.placed(scale: SIMD3(0.9, 1, 1))), voxels: t1w.voxels)
    let unreadable = home.url.appendingPathComponent("text.nii.gz")
    try AtomicFile.write("not a scan", to: unreadable)
    let refused: [(PreprocessedScan, String)] = [
      (try preprocess(with: flair), "is not T1-weighted"),
      (try preprocess(with: narrow), "do not show one brain"),
      (try preprocess(file: unreadable), unreadable.path),
      (try preprocess(file: home.url.appendingPathComponent("gone.nii.gz")), "gone.nii.gz"),
    ]
    for (result, words) in refused {
      #expect(result.record.t1w?.refusal?.contains(words) == true, "\(result.record.t1w?.refusal ?? "used")")
      #expect(result.record.notes.contains { $0.hasPrefix("The T1w was not used: ") })
      #expect(result.volume.voxels == alone.volume.voxels && result.brain?.voxels == alone.brain?.voxels)
      #expect(result.toTemplate == alone.toTemplate)
    }
  }

  @Test func aT1wThatShowsLessThanTheFLAIRGivesNoPlace() throws {
    let upper = Self.slices(t1w.shape[2] / 2..<t1w.shape[2], of: t1w), part = Self.slices(14..<30, of: flair)
    let result = try preprocess(part, with: upper), alone = try preprocess(part, with: nil)
    #expect(result.toTemplate == alone.toTemplate)
    let notes = result.record.notes.joined(separator: " ")
    #expect(notes.contains("shows only") || notes.contains("The T1w was not used"), "\(notes)")
  }

  /// The bins of a parabola explain it, it does not explain their sign.
  @Test func theCorrelationRatioIsThatOfTheFormula() {
    let x = (0..<2400).map { Float($0) / 1200 - 1 }, parabola = x.map { $0 * $0 }
    let halfway = HalfwayBrains(overlap: 1, details: (x, parabola))
    // 1 less the variance inside the bins for the one direction, 0 for the other.
    #expect(abs(halfway.correlationRatio - 0.5) < 0.01, "\(halfway.correlationRatio)")
    #expect(HalfwayBrains(overlap: 1, details: (x, x.map { -3 * $0 })).correlationRatio > 0.99)
  }
}
