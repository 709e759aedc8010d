import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Preprocessing
@testable import Norma

extension Affine {
  /// An affine from its three rows of four numbers.
  fileprivate init(_ tensor: Tensor) throws {
    let values = try tensor.to(.float64).values().map(Double.init)
    self.init(x: SIMD4(values[0..<4]), y: SIMD4(values[4..<8]), z: SIMD4(values[8..<12]))
  }
}

@Suite struct TissueMixtureTests {
  @Test func theFitEqualsThatOfNumPy() throws {
    let goldens = try Goldens.tensors("anatomies.safetensors")
    let values = try goldens.golden("mixture/values").values()
    let priors = try vectors(goldens.golden("mixture/priors").values())
    let mixture = TissueMixture(
      fitting: values, priors: priors, median: Double(try goldens.golden("mixture/median").values()[0]))
    #expect(distance(array(mixture.means), try goldens.golden("mixture/means").values()) < 1e-5)
    #expect(distance(array(mixture.deviations), try goldens.golden("mixture/deviations").values()) < 1e-5)
    let posteriors = zip(values, priors).flatMap { value, prior -> [Float] in
      let posterior = mixture.posterior(of: value, prior: prior)
      return [posterior.x, posterior.y, posterior.z]
    }
    #expect(distance(posteriors, try goldens.golden("mixture/posteriors").values()) < 1e-4)
  }

  private func array(_ vector: SIMD3<Double>) -> [Float] { (0..<3).map { Float(vector[$0]) } }
}

/// The vectors whose components follow each other.
private func vectors(_ values: [Float]) -> [SIMD3<Float>] {
  stride(from: 0, to: values.count, by: 3).map { SIMD3(values[$0], values[$0 + 1], values[$0 + 2]) }
}

@Suite struct LabelMapTests {
  /// The label map of the goldens, its map to the template, and the grid in template space.
  private struct Case {
    let goldens: [String: Tensor]
    var labels: Volume
    let toTemplate: Affine
    let grid: Geometry

    init() throws {
      goldens = try Goldens.tensors("anatomies.safetensors")
      let drawn = try goldens.golden("labels/map")
      labels = Volume(
        geometry: Geometry(
          shape: drawn.shape.reversed(), affine: try Affine(goldens.golden("labels/affine"))),
        voxels: try drawn.values())
      toTemplate = try Affine(goldens.golden("labels/toTemplate"))
      grid = Geometry(
        shape: try goldens.golden("labels/brain").shape.reversed(),
        affine: try Affine(goldens.golden("labels/grid")))
    }

    func maps() throws -> TissueMaps {
      let map = try #require(try LabelMap(labels, name: "labels"))
      return try TissueMaps(map, toTemplate: toTemplate, grid: grid)
    }
  }

  @Test func theTissuesEqualThoseOfNumPy() throws {
    let drawn = try Case(), goldens = drawn.goldens
    let maps = try drawn.maps()
    #expect(try maps.brain.voxels == goldens.bytes("labels/brain"))
    #expect(try maps.tissues == goldens.bytes("labels/tissues"))
    #expect(try maps.ventricles.voxels == goldens.bytes("labels/ventricles"))
    let expected = try vectors(goldens.golden("labels/fractions").values())
    for matter in 0..<3 {
      #expect(distance(maps.fractions.map { $0[matter] }, expected.map { $0[matter] }) < 1e-5)
    }
    #expect(distance(maps.texture, try goldens.golden("labels/texture").values()) < 1e-6)
  }

  @Test func lesionsThatWereDrawnAreHealthyWhiteMatter() throws {
    let drawn = try Case()
    var healthy = drawn
    for (index, label) in drawn.labels.voxels.enumerated() {
      let replaced: [Float: Float] = [25: 2, 57: 41, 77: 2]
      healthy.labels.voxels[index] = replaced[label] ?? label
    }
    #expect(drawn.labels.voxels.count { [25, 57, 77].contains($0) } > 20)
    let maps = try drawn.maps(), expected = try healthy.maps()
    #expect(maps.tissues == expected.tissues && maps.fractions == expected.fractions)
    #expect(maps.texture == expected.texture && maps.brain == expected.brain)
    // The image that is registered is the same too.
    let images = try [drawn, healthy].map { try #require(try LabelMap($0.labels, name: "labels")).image }
    #expect(images[0] == images[1])
    for label in [25, 57, 77, 78, 79] {
      let regions = LabelRegion.all.filter { $0.labels.contains(label) }
      #expect(regions.count == 1 && regions[0].tissue == .whiteMatter && regions[0].offset == 0)
    }
  }

  @Test func everyLabelIsInOneRegion() {
    let labels = LabelRegion.all.flatMap(\.labels) + LabelRegion.outside
    #expect(Set(labels).count == labels.count)
    #expect(LabelRegion.all.count { $0.isLateralVentricle } == 1)
  }

  @Test func anImageIsNotALabelMap() throws {
    let drawn = try Case().labels
    #expect(try LabelMap(drawn.map { $0 + 0.5 }, name: "image") == nil)
    #expect(try LabelMap(drawn.map { $0 - 1 }, name: "image") == nil)
    var ramp = drawn
    ramp.voxels = drawn.voxels.indices.map { Float($0 % 256) }
    #expect(try LabelMap(ramp, name: "image") == nil)
    #expect(try LabelMap(drawn.map { min($0, 1) }, name: "image") == nil)
  }

  static let unusable: [Row<(from: Float, to: Float, what: String)>] = [
    Row("unknown", (16, 9999, "the label map has the label 9999, which")),
    Row("no grey matter", (3, 2, "the label map has no grey matter")),
    Row("no white matter", (2, 3, "the label map has no white matter")),
  ]

  @Test(arguments: unusable)
  func aLabelMapThatCannotBeUsedIsRefused(row: Row<(from: Float, to: Float, what: String)>) throws {
    let (from, to, what) = row.body
    let bilateral: [Float: Float] = [41: 2, 42: 3, 25: 2, 57: 2, 77: 2, 8: 3, 7: 2, 10: 3, 13: 3, 17: 3]
    let labels = try Case().labels.map { label -> Float in
      let label = bilateral[label] ?? label
      return label == from || (from == 2 && label == 16) ? to : label
    }
    let refused = try problem { try LabelMap(labels, name: "labels.nii.gz") }
    #expect(refused.what.hasPrefix(what), "\(refused)")
    #expect(refused.kind == .badData && refused.location == "labels.nii.gz")
  }
}

private let templateFolder = packageRoot.appending(path: ".deps/template")

/// Anatomies that are registered to the template itself.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: templateFolder.path),
    "no template: run Scripts/bootstrap"))
struct AnatomyPreparationTests {
  /// A grid over that of anatomies with voxels of 3 mm.
  private static let grid = Anatomy.grid.isotropic(spacing: 3, around: Anatomy.grid.box)
  private static let preparation = AnatomyPreparation(template: templateFolder, grid: grid)
  private static let template = Deferred {
    try preparation.maps(of: AnatomyCase(participantID: "template", source: .template))
  }

  /// The map from the template, turned, moved and made smaller, to template space.
  private static let toTemplate = Affine.placed(
    turn: SIMD3(0.1, 0.05, -0.06), scale: SIMD3(1.08, 1.04, 1.1), shift: SIMD3(4, -9, 6))

  /// The maps of a scan in template space that is turned, moved and made smaller.
  private func prepared(_ scan: Volume) throws -> TissueMaps {
    let geometry = scan.geometry.moved(by: try Self.toTemplate.inverse())
    return try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("scan.nii.gz")
      try NIfTI.write(Volume(geometry: geometry, voxels: scan.voxels), to: file)
      return try Self.preparation.maps(of: AnatomyCase(participantID: "a", source: .file(file)))
    }
  }

  /// The maps of a scan whose voxels are made from those of the template's maps.
  private func prepared(_ voxels: (TissueMaps, Int) -> Float) throws -> TissueMaps {
    let template = try Self.template.get()
    return try prepared(
      Volume(
        geometry: Self.grid,
        voxels: template.brain.voxels.indices.map {
          template.brain.voxels[$0] == 0 ? 0 : voxels(template, $0)
        }))
  }

  /// The label of FreeSurfer at a voxel; a sphere on the left is a lesion, another one the brain stem.
  private func label(_ template: TissueMaps, _ index: Int) -> Float {
    let place = Self.grid.world(ofVoxel: SIMD3<Double>(template.brain.voxel(at: index)))
    if (place - SIMD3(-28, -25, 28)).length < 10 { return 25 }
    if template.ventricles.voxels[index] != 0 { return place.x < 0 ? 4 : 43 }
    let fractions = template.fractions[index]
    if fractions.z > max(fractions.x, fractions.y) { return 24 }
    return fractions.x > fractions.y ? (place.x < 0 ? 3 : 42) : (place.x < 0 ? 2 : 41)
  }

  private func overlap(_ a: [Bool], _ b: [Bool]) -> Double {
    let common = zip(a, b).count { $0 && $1 }
    return 2 * Double(common) / Double(a.count { $0 } + b.count { $0 })
  }

  @Test func theTemplateHasBothVentriclesAndTissuesByPosition() throws {
    let maps = try Self.template.get()
    #expect((1700...2000).contains(TissueMaps.millilitres(maps.brain)))
    #expect((8...25).contains(TissueMaps.millilitres(maps.ventricles)))
    for (index, tissues) in maps.tissues.enumerated() {
      let place = Self.grid.world(ofVoxel: SIMD3<Double>(maps.brain.voxel(at: index)))
      #expect((tissues == 0) == (maps.brain.voxels[index] == 0))
      if place.z > 8 { #expect(tissues & (Tissue.cerebellum.bit | Tissue.brainStem.bit) == 0) }
      if maps.ventricles.voxels[index] != 0 {
        #expect(tissues == Tissue.ventricle.bit && abs(place.x) < 40 && place.z < 35)
      }
    }
  }

  @Test func aLabelMapIsBroughtToTheTemplate() throws {
    let template = try Self.template.get()
    let maps = try prepared(label)
    #expect(overlap(maps.brain.voxels.map { $0 != 0 }, template.brain.voxels.map { $0 != 0 }) > 0.93)
    #expect(overlap(maps.fractions.map { $0.y > 0.5 }, template.fractions.map { $0.y > 0.5 }) > 0.8)
    #expect(overlap(maps.ventricles.voxels.map { $0 != 0 }, template.ventricles.voxels.map { $0 != 0 }) > 0.7)
    let healthy = try prepared { template, index in
      let label = label(template, index)
      return label == 25 ? 2 : label
    }
    #expect(maps.tissues == healthy.tissues && maps.fractions == healthy.fractions)
  }

  @Test func aT1wScanIsSegmentedAndAFLAIRScanRefused() throws {
    let template = try Self.template.get()
    let whole = try Template(folder: templateFolder).brain
    let scan = try Resample.alongAxes(
      whole, to: whole.geometry.isotropic(spacing: 2, around: whole.geometry.box))
    let maps = try prepared(scan.map { $0 < 20 ? 0 : $0 })
    #expect(overlap(maps.brain.voxels.map { $0 != 0 }, template.brain.voxels.map { $0 != 0 }) > 0.93)
    #expect(overlap(maps.fractions.map { $0.y > 0.5 }, template.fractions.map { $0.y > 0.5 }) > 0.8)
    #expect(overlap(maps.ventricles.voxels.map { $0 != 0 }, template.ventricles.voxels.map { $0 != 0 }) > 0.7)
    let refused = try problem {
      try prepared { template, index in (template.fractions[index] * SIMD3(900, 700, 150)).sum() }
    }
    #expect(refused.what.hasPrefix("the intensities are not those of a T1-weighted scan"), "\(refused)")
  }

  @Test func aHeadIsRefused() throws {
    let refused = try problem {
      try withTemporaryFolder { folder in
        let file = folder.appendingPathComponent("head.nii.gz")
        let scan = TestBrain.scan(.t1, geometry: TestBrain.grid(spacing: SIMD3(6, 6, 6)))
        try NIfTI.write(scan.map { $0 + 1.5 }, to: file)
        return try Self.preparation.maps(of: AnatomyCase(participantID: "a", source: .file(file)))
      }
    }
    #expect(refused.what == "the file is neither a label map nor a skull-stripped scan")
  }
}

@Suite struct AnatomyStoreTests {
  @Test func anAnatomyIsStoredUnderItsDigestAndReadAgain() throws {
    try withTemporaryFolder { folder in
      let template = folder.appendingPathComponent("template")
      for map in [TemplateFiles.Map.t1, .greyMatter, .whiteMatter] {
        try AtomicFile.write("not an image", to: TemplateFiles(folder: template).url(map))
      }
      let source = folder.appendingPathComponent("labels.nii.gz")
      try AtomicFile.write("one", to: source)
      let anatomy = AnatomyCase(participantID: "sub-1", source: .file(source))
      let store = AnatomyStore(folder: folder.appendingPathComponent("anatomies"), template: template)
      let file = try store.file(of: anatomy)
      // What is stored is not made again: neither the source nor the template is an image.
      #expect(throws: (any Error).self) { try store.anatomies(of: [anatomy]) }
      let bytes = [UInt8](repeating: 7, count: Anatomy.grid.voxelCount)
      let texture = bytes.indices.map { Int8(truncatingIfNeeded: $0) }
      try AtomicFile.makeFolder(file.deletingLastPathComponent())
      try Anatomy(
        name: "other", digest: "d", grey: bytes, white: bytes, fluid: bytes, brain: bytes, tissues: bytes,
        texture: texture, ventricleDistance: bytes, edgeDistance: bytes
      ).write(to: file)
      var calls = [Int]()
      let read = try store.anatomies(of: [anatomy]) { done, _ in calls.append(done) }
      #expect(read.count == 1 && read[0].name == "sub-1" && read[0].texture == texture && calls == [0, 1])
      #expect(read[0].grey == bytes && read[0].edgeDistance == bytes)
      // Another file has another digest, and so has the same file with another template.
      try AtomicFile.write("two", to: source)
      #expect(try store.file(of: anatomy) != file)
      try AtomicFile.write("one", to: source)
      try AtomicFile.write("another", to: TemplateFiles(folder: template).url(.greyMatter))
      #expect(
        try AnatomyStore(folder: folder, template: template).file(of: anatomy).lastPathComponent
          != file.lastPathComponent)
    }
  }
}
