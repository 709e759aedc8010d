import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
import StrictSettings
import Methods
@testable import Cohort
@testable import Norma

@Suite struct CohortTests {
  /// Two patients, one of them oblique, and two scans that cannot be scored.
  private func withSegmentation(
    _ body: (URL, Manifest, [CohortSegmentation.Row]) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var cohort = try TestCohort(in: folder, train: 0, validation: 0, test: 4)
      let tilted = TestScan.make(60, blob: TestScan.Blob(), geometry: SegmenterTests.oblique)
      try NIfTI.write(tilted.image, to: cohort.manifest.cases[1].image)
      try NIfTI.write(tilted.lesion, to: try #require(cohort.manifest.cases[1].lesionMask))
      try NIfTI.write(Volume(geometry: TestScan.geometry, repeating: 0), to: cohort.manifest.cases[2].image)
      cohort.manifest.cases[3].image = folder.appendingPathComponent("gone.nii.gz")
      cohort.manifest.cases[0].id = "sub-1_ses-2"
      let output = folder.appendingPathComponent("out")
      let bundle = try TrainedBundle.bundle
      var heard = [String](), pictures = 0
      let cohortSegmentation = try CohortSegmentation(
        bundle: bundle, segmenter: Segmenter(bundle: bundle),
        thresholds: ThresholdChoice(try TrainedBundle.threshold()), output: output,
        draw: { figures in
          pictures += figures.slices.isEmpty ? 0 : 1
          return Data("[]".utf8)
        })
      let rows = try cohortSegmentation.run(
        cohort.manifest.cases,
        onRow: { row, isKept in
          heard.append(row.scan.id)
          #expect(!isKept)
        })
      #expect(heard == ["sub-1_ses-2", "sub-2", "sub-3", "sub-4"] && pictures == 2)
      try body(output, cohort.manifest, rows)
    }
  }

  @Test func aCaseThatFailsCostsOneRow() throws {
    try withSegmentation { output, manifest, rows in
      #expect(rows.map { $0.problem?.kind } == [nil, nil, .badData, .missingInput])
      let text = try String(contentsOf: output.appendingPathComponent("cases.tsv"), encoding: .utf8)
      #expect(
        text.split(separator: "\n").first?.components(separatedBy: "\tperiventricular_count").first
          == "case_id\tstatus\tmessage\timage\tanomaly_map\tmask\tlesion_volume_ml\tlesion_count\tseconds\tbrain_mask\tparticipant_id\tthreshold\tpeak_threshold\tscored_fraction\tbundle"
      )
      let table = try #require(Table.rows(of: text))
      #expect(table.map { $0["case_id"] } == ["sub-1_ses-2", "sub-2", "sub-3", "sub-4"])
      #expect(table.map { $0["status"] } == ["ok", "ok", "failed", "failed"])
      #expect(table.map { $0["participant_id"] } == ["sub-1", "sub-2", "sub-3", "sub-4"])
      #expect(table[2]["message"]?.contains("all voxels are zero") == true && table[2]["mask"] == "n/a")
      let image = output.appendingPathComponent(table[0]["image"] ?? "").standardizedFileURL
      #expect(
        table.prefix(2).map { $0["message"] }
          == rows.prefix(2).map { $0.message.isEmpty ? "n/a" : $0.message })
      #expect(rows[0].message == rows[0].result?.notes.joined(separator: " "))
      #expect(image.path == manifest.cases[0].image.standardizedFileURL.path)
      #expect(table[0]["anomaly_map"] == "sub-1/ses-2/anat/sub-1_ses-2_desc-anomaly_FLAIR.nii.gz")
      #expect(table[1]["mask"] == "sub-2/anat/sub-2_label-lesion_mask.nii.gz")
      #expect(table[1]["brain_mask"] == "sub-2/anat/sub-2_desc-brain_mask.nii.gz")
      #expect(Int(table[0]["lesion_count"] ?? "") == rows[0].result?.lesions.count)
      #expect(!FileManager.default.fileExists(atPath: output.appendingPathComponent("sub-3").path))
    }
  }

  @Test func whatIsWrittenLiesWhereTheScanLies() throws {
    try withSegmentation { output, manifest, rows in
      for (scan, row) in zip(manifest.cases, rows).prefix(2) {
        let files = CaseFiles(caseID: scan.id)
        func place(_ file: String) -> URL { output.appendingPathComponent(file) }
        let geometry = try NIfTI.readGeometry(scan.image)
        for file in [files.anomalyMap, files.mask, files.labels, files.brain] {
          #expect(try NIfTI.readGeometry(place(file)) == geometry, "\(file)")
        }
        let labels = try NIfTI.read(place(files.labels)), mask = try NIfTI.readMask(place(files.mask))
        let lesions = try #require(row.result?.lesions)
        #expect(Int(labels.voxels.max() ?? 0) == lesions.count)
        #expect(zip(labels.voxels, mask.voxels).allSatisfy { ($0 > 0) == ($1 > 0) })
        let table = try String(contentsOf: place(files.lesionTable), encoding: .utf8)
        #expect(table == Lesion.columns().table(of: lesions).text)
        let sidecar = try JSONDecoder().decode(
          [String: ConfigurationNode].self, from: Data(contentsOf: place(files.anomalySidecar)))
        #expect(sidecar["Sources"] == .list([.string(scan.image.lastPathComponent)]))
        #expect(sidecar["SkullStripped"] == .bool(true) && sidecar["Bundle"] == .string("tiny"))
      }
    }
  }

  @Test func theSpreadOfDrawsIsWrittenWhereThereAreSome() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 1, validation: 0)
      let method = try DrawingMethod(settings: .init(), context: MethodContext(imageSize: 32))
      for samples in [0, 4] {
        var settings = ScoringSettings()
        settings.samples = samples
        let output = folder.appendingPathComponent("out-\(samples)")
        let scorer = Scorer(method: method, settings: settings, device: .cpu)
        let segmentation = try CohortSegmentation(
          bundle: TrainedBundle.bundle, segmenter: Segmenter(scorer: scorer, recipe: TestScan.recipe),
          thresholds: ThresholdChoice(3), output: output)
        #expect(try segmentation.run(cohort.manifest.cases).compactMap(\.problem).isEmpty)
        let file = output.appendingPathComponent("sub-1/anat/sub-1_desc-uncertainty_FLAIR.nii.gz")
        let sidecar = output.appendingPathComponent(CaseFiles(caseID: "sub-1").uncertaintySidecar)
        #expect(FileManager.default.fileExists(atPath: file.path) == (samples > 1))
        #expect(FileManager.default.fileExists(atPath: sidecar.path) == (samples > 1))
        guard samples > 1 else { continue }
        let uncertainty = try NIfTI.read(file),
          map = try NIfTI.read(
            output.appendingPathComponent(
              CaseFiles(caseID: "sub-1").anomalyMap))
        #expect(uncertainty.geometry == map.geometry)
        #expect(zip(uncertainty.voxels, map.voxels).allSatisfy { $0 > 0 || $1 == 0 })
        let inside = uncertainty.voxels.filter { $0 > 0 }
        // The sd of four draws of sd 0.1 is 0.092 on average.
        #expect(abs(inside.reduce(0, +) / Float(inside.count) - 0.092) < 0.01)
      }
    }
  }

  @Test func anInterruptedCohortListsWhatIsDoneAndGoesOnThere() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 3, validation: 0)
      let output = folder.appendingPathComponent("out"), bundle = try TrainedBundle.bundle
      let segmentation = try CohortSegmentation(
        bundle: bundle, segmenter: Segmenter(bundle: bundle), thresholds: ThresholdChoice(3), output: output)
      func listed() throws -> [String?]? {
        let text = try String(contentsOf: output.appendingPathComponent("cases.tsv"), encoding: .utf8)
        return Table.rows(of: text)?.map { $0["case_id"] }
      }
      var kept = [Bool]()
      let problem = try problem {
        try segmentation.run(
          cohort.manifest.cases, onRow: { kept.append($1) }, shouldStop: { kept.count == 2 })
      }
      #expect(problem.kind == .interrupted && problem.what.contains("2 of 3"))
      #expect(try listed() == ["sub-1", "sub-2"] && kept == [false, false])
      kept = []
      _ = try segmentation.run(cohort.manifest.cases, onRow: { kept.append($1) })
      #expect(try listed() == ["sub-1", "sub-2", "sub-3"] && kept == [true, true, false])
    }
  }

  @Test func aSegmentationIsEvaluated() throws {
    try withSegmentation { output, manifest, rows in
      var manifest = manifest
      manifest.cases[0].id = "sub-1_ses-2"
      var heard = [Int]()
      let evaluation = try EvaluationRun(predictions: output, manifest: manifest).evaluate(samples: 50) {
        heard += [$0, $1]
      }
      #expect(heard == [1, 2, 2, 2] && evaluation.cases == 2 && evaluation.method == "normative")
      #expect((evaluation.auprc ?? 0) > 0.8 && (evaluation.diceOracle ?? 0) > 0.7)
      let truth = try manifest.cases.prefix(2).map { try NIfTI.readMask(try #require($0.lesionMask)).count }
      #expect(evaluation.table.map(\.lesionVoxels) == truth && evaluation.lesionVoxelsOutsideBrain == 0)

      // The default threshold is that of 1 %: its Dice is the mask's.
      let file = output.appendingPathComponent(CaseFiles(caseID: "sub-2").mask)
      let predicted = try NIfTI.readMask(file)
      let lesion = try NIfTI.readMask(try #require(manifest.cases[1].lesionMask))
      let hits = zip(predicted.voxels, lesion.voxels).filter { $0 == 1 && $1 == 1 }.count
      let dice = 2 * Double(hits) / Double(predicted.count + lesion.count)
      let atOnePercent = try #require(evaluation.table[1].operatingPoints["fpr_0.01"])
      #expect(abs((atOnePercent.dice ?? -1) - dice) < 1e-9)
      #expect(atOnePercent.predictedRegions == rows[1].result?.lesions.count)
      #expect(
        evaluation.operatingPoints.map(\.name) == [
          "fpr_0.01", "fpr_0.05", "fpr_0.10", "training_percentile_95",
          "training_percentile_98", "training_percentile_99",
        ])

      // Cases of other splits are not test cases.
      manifest.cases[0].split = .train
      #expect(try EvaluationRun(predictions: output, manifest: manifest).evaluate(samples: 10).cases == 1)
      manifest.cases[1].lesionMask = nil
      #expect(
        try problem { try EvaluationRun(predictions: output, manifest: manifest).evaluate() }.kind == .badData
      )
    }
  }

  @Test func aFolderWithoutSegmentationIsRefused() throws {
    try withTemporaryFolder { folder in
      let manifest = try TestCohort(in: folder, train: 0, validation: 0, test: 1).manifest
      let problem = try problem { try EvaluationRun(predictions: folder, manifest: manifest).evaluate() }
      #expect(problem.kind == .missingInput && problem.location.hasSuffix("segmentation.json"))
    }
  }
}
