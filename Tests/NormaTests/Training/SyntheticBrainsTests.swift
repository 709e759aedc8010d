import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Methods
@testable import Norma

/// Simulated lesion-free brains calibrate what was trained on anatomies.
@Suite struct SyntheticBrainsTests {
  static let small = [
    "recipe.adjacentDistance=6", "recipe.sliceSpacing=6", "synthesis.acquisition.thickness=[1, 1]",
    "synthesis.slicesPerEpoch=16", "synthesis.validationSlices=4", "calibration.syntheticBrains=2",
    "training.epochs=1",
  ]

  private static func brains(_ count: Int, _ configuration: Configuration) throws -> SyntheticBrains {
    var configuration = configuration
    configuration.calibration.syntheticBrains = count
    return try SyntheticBrains(of: [.phantom], configuration: configuration)
  }

  @Test func theTemplateAloneTrainsABundleWithRegions() throws {
    try withTemporaryFolder { folder in
      let template = try Anatomy.writeTemplate(below: folder)
      let configuration = try Configuration(
        preset: "whole-brain", settings: Self.small + ["model.network.channels=[4, 8]"])
      let manifest = try Manifest(
        text: "participant_id\tanatomy\nicbm\ttemplate\n",
        source: folder.appendingPathComponent("anatomies.tsv"))
      let run = try TrainingRun(
        configuration: configuration, manifest: manifest,
        folder: RunFolder(folder.appendingPathComponent("run")), name: "tiny")
      let bundle = try run.run(template: template), description = bundle.description
      let words = "2 simulated lesion-free brains of 1 anatomy"
      #expect(description.calibrationBrain == words && description.domain == nil)
      #expect(description.calibration.cases == 2 && description.calibration.participants == 2)
      #expect(description.provenance.validationCases == 1)
      let regions = try #require(description.calibration.regions)
      #expect(regions.scans == 2 && regions.extent == 15.3 && (1.1...1.8).contains(regions.brains))
      let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
      #expect(card.contains("Measured on \(words) (") && card.contains("Measured on \(words): 2 volumes"))
      #expect(card.contains("simulated lesion-free brains gave the thresholds"))
      #expect(card.contains("variation between brains") && !card.contains("lesion-free scans"))
      #expect(description.exceedanceMeaning.contains("another such brain"))

      let patient = try FLAIRSynthesis(
        anatomies: [.phantom], settings: configuration.synthesis, recipe: configuration.recipe,
        paintsLesions: true, adjacentDistance: 0
      ).brain(seed: 3, anatomy: 0)
      let image = folder.appendingPathComponent("patient.nii.gz")
      try NIfTI.write(patient.image, to: image)
      let choice = try ThresholdChoice(
        or: description.calibration, request: .init(), configuration: configuration, areVolumes: true)
      #expect(choice.source == .falseRegions && choice.common.extent == 15.3)
      let output = folder.appendingPathComponent("out")
      let rows = try CohortSegmentation(
        bundle: bundle, segmenter: Segmenter(bundle: bundle), thresholds: choice, output: output
      ).run([ScanCase(participantID: "patient", image: image)])
      #expect(rows[0].rule == choice.common && rows[0].result != nil)
      #expect(try ResultFolder(contentsOf: output).calibratedOn() == words)
    }
  }

  @Test func aBrainIsScoredAsAScanIs() throws {
    let configuration = try Configuration(preset: "brightness", settings: Self.small)
    let scan = try Self.brains(1, configuration).scan(0), geometry = scan.scoredBrain.geometry
    let values = scan.images.indices.map { Float($0 % 97) }
    let maps = try Tensor(values, shape: [scan.slices.count, 128, 128])
    #expect(geometry.shape == [128, 128, scan.slices.count])
    // A head is smaller than the template.
    #expect(abs(geometry.voxelVolume * 1.33 - 1.5 * 1.5 * 6) < 1e-9)
    let volume = try scan.canonicalVolume(of: maps, inside: Mask(geometry: geometry, repeating: 1))
    #expect(distance(volume.voxels, values) < 1e-3)
    #expect(distance(try scan.placement.toGrid(scan.native.voxels), scan.images) < 1e-5)
    let size = 1.5 / geometry.spacing.x
    let toTemplate = Affine(
      i: SIMD3(size, 0, 0), j: SIMD3(0, size, 0), k: SIMD3(0, 0, size), origin: .zero)
    let placed = try ModelGrid(recipe: configuration.recipe).place(
      scan.native, brainMask: scan.scoredBrain, toTemplate: toTemplate, name: "brain")
    let first = try #require(placed.z.firstIndex { $0 == scan.z[2] })
    #expect(
      Array(placed.brain[first * 16384..<(first + 1) * 16384]) == Array(scan.brain[2 * 16384..<3 * 16384]))
    // Every brain has a seed of its own.
    let two = try Self.brains(2, configuration)
    #expect(two.anatomies == 1 && distance(two.scan(1).images, two.scan(0).images) > 0.1)
    #expect(two.scan(0).images == scan.images)
  }

  /// What calibrates, by the lesion-free validation scans that there are.
  @Test(arguments: [
    Row("none", (0, 0, 1, true)),
    Row("single slices", (0, 2, 1, true)),
    Row("volumes", (2, 0, 2, false)),
    Row("volumes and single slices", (1, 1, 2, false)),
  ])
  func lesionFreeVolumesCalibrateElseBrainsAlone(
    row: Row<(Int, Int, Int, Bool)>
  ) throws {
    let (volumes, slices, cases, isSimulated) = row.body
    try withTemporaryFolder { folder in
      let configuration = try Configuration(preset: "brightness", settings: Self.small)
      var cohort = try TestCohort(in: folder, train: 0, validation: 2, test: 1)
      cohort.manifest.cases[2].split = .validation
      for index in 0..<2 where index >= volumes {
        let file = folder.appendingPathComponent("\(index).png")
        let side = 64, centre = 32
        try PNGImage(
          width: side, height: side,
          gray: (0..<side * side).map { i in
            let (x, y) = (i % side - centre, i / side - centre)
            return x * x + y * y < 700 ? UInt8(100 + i % 50) : 0
          }
        ).write(to: file)
        cohort.manifest.cases[index].image = file
        cohort.manifest.cases[index].z = 20
        if index >= volumes + slices { cohort.manifest.cases[index].split = .test }
      }
      let brains = try Self.brains(1, configuration)
      let method = try MethodRegistry.entry("brightness").make(
        model: configuration.model, context: MethodContext(configuration, device: .cpu))
      let scorer = Scorer(method: method, settings: configuration.scoring, device: .cpu)
      var steps = [Int]()
      let calibration = try Calibrator(
        configuration: configuration, split: cohort.manifest, brains: brains, device: .cpu
      ).calibrate(scorer) { done, _ in steps.append(done) }
      #expect(calibration.cases == cases && calibration.anatomies == (isSimulated ? 1 : nil))
      #expect(calibration.labelledValidation?.cases == 1)
      #expect(steps == Array(0...cases + 1))
      if isSimulated {
        let inside = brains.scan(0).scoredBrain.count
        #expect(calibration.voxels == inside)
      }
    }
  }

  @Test func bundlesOfScansAndOfBrainsAreNotPooled() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder)
      let bundle = try TrainingRun(
        configuration: .tiny("brightness", epochs: 0), manifest: cohort.manifest,
        folder: RunFolder(folder.appendingPathComponent("run")), name: "tiny"
      ).run()
      var calibration = bundle.description.calibration
      calibration.anatomies = 3
      let other = folder.appendingPathComponent("other")
      try ModelBundle.write(
        bundle.scorer(device: .cpu), configuration: bundle.description.configuration,
        calibration: calibration,
        provenance: bundle.description.provenance, name: "other", to: other)
      let simulated = try ModelBundle(contentsOf: other)
      let problem = try problem { _ = try BundleCombination([bundle, simulated]) }
      #expect(problem.kind == .usage && problem.what.contains("others on simulated brains"))
      let pooled = try BundleCombination([simulated, simulated]).write(
        name: "mean", description: nil, to: folder.appendingPathComponent("mean"))
      #expect(pooled.description.calibrationBrain == "2 simulated lesion-free brains of 3 anatomies")
    }
  }
}
