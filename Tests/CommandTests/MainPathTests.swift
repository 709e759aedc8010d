import _TestSupport
import Foundation
import Testing

/// The way of a user from a cohort to figures.
@Suite struct MainPathTests {
  @Test(arguments: Cohort.presets)
  func aModelIsTrainedVerifiedUsedAndEvaluated(preset: String) throws {
    let run = try Cohort.run(preset)
    for file in [
      "config.json", "data.json", "bundle/bundle.json", "bundle/weights.safetensors", "bundle/card.md",
    ] {
      #expect((run / file).exists, "\(file)")
    }
    #expect(run.halfWritten == [])

    let verified = try Tool.succeed(["bundle", "verify", (run / "bundle").path, "--threads", "1"])
    #expect(verified.results == ["\(preset): ok"])

    let out = try Workplace.folder()
    let segmented = try Tool.succeed([
      "segment", "-i", Cohort.manifest.path, "--split", "test", "-o", out.path, "--bundle",
      (run / "bundle").path, "--threads", "1",
    ])
    #expect(segmented.results == [(out / "cases.tsv").path, (out / "report.html").path])
    #expect(try TSV(out / "cases.tsv").rows.map { $0["case_id"] } == ["sub-008", "sub-009"])

    let figures = try Workplace.folder()
    let evaluated = try Tool.succeed([
      "evaluate", "--predictions", out.path, "--data", Cohort.manifest.path, "-o", figures.path, "--samples",
      "50",
    ])
    let files = ["evaluation.json", "cases.tsv", "report.html"].map { (figures / $0).path }
    #expect(Array(evaluated.results.suffix(3)) == files)
    #expect(figures.files.sorted() == ["cases.tsv", "evaluation.json", "report.html"])

    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: figures / "evaluation.json"))
    let evaluation = try #require(json as? [String: Any])
    func expectEstimate(_ key: String, in figures: [String: Any]) throws {
      let value = try #require(figures[key] as? Double, "\(key)")
      #expect((0...1).contains(value), "\(key)")
      let interval = try #require(figures["\(key)_interval"] as? [Double], "\(key)_interval")
      #expect(interval.count == 2 && interval[0] <= interval[1], "\(key)_interval")
    }
    for key in ["auprc", "auroc", "dice_oracle"] { try expectEstimate(key, in: evaluation) }
    let points = try #require(evaluation["operating_points"] as? [[String: Any]])
    #expect(
      points.map { $0["name"] as? String } == [
        "fpr_0.01", "fpr_0.05", "fpr_0.10", "training_percentile_95",
        "training_percentile_98", "training_percentile_99",
      ])
    for point in points { try expectEstimate("dice", in: point) }
    #expect(evaluation["cases"] as? Int == 2)
    let page = try (figures / "report.html").text()
    for part in ["AUPRC", "Dice at FPR 1 %", "HD95", "Lesions found"] { #expect(page.contains(part)) }
  }

  /// A corrected mask is a reference for its case alone, and the page is printed where there is a browser.
  @Test func correctedMasksAreAReferenceAndThePageIsPrinted() throws {
    let (out, masks, figures) = (try Workplace.folder(), try Workplace.folder(), try Workplace.folder())
    try Tool.succeed([
      "segment", "-i", Cohort.manifest.path, "--split", "test", "-o", out.path, "--bundle",
      Cohort.bundle.path,
      "--threads", "1",
    ])
    try FileManager.default.copyItem(
      at: out / "sub-008/anat/sub-008_label-lesion_mask.nii.gz",
      to: masks / "sub-008_label-lesion_desc-corrected_mask.nii.gz")
    let evaluate = [
      "evaluate", "--predictions", out.path, "--reference", masks.path, "-o", figures.path, "--samples", "10",
      "--pdf",
    ]
    let refused = try Tool.run(evaluate, environment: ["PATH": ""])
    #expect(refused.code == 69 && refused.standardError.contains("no Chromium or Chrome was found"))
    #expect(figures.files.isEmpty)

    let browsers = try Self.browserThatPrints()
    let printed = try Tool.succeed(evaluate, environment: ["PATH": browsers.path])
    #expect(printed.results.last == (figures / "report.pdf").path)
    #expect(try (figures / "report.pdf").text() == "printed\n")
    #expect(try TSV(figures / "cases.tsv").rows.map { $0["case_id"] } == ["sub-008"])
  }

  /// A folder with a program of the name of a browser that prints one word.
  private static func browserThatPrints() throws -> URL {
    let programs = try Workplace.folder(), browser = programs / "chromium"
    let script =
      "#!/bin/sh\nfor word; do case $word in --print-to-pdf=*) echo printed >\"${word#*=}\" ;; esac; done\n"
    try Data(script.utf8).write(to: browser)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: browser.path)
    return programs
  }

  @Test func aTrainingPrintsItsReport() throws {
    let run = try Workplace.folder(), manifest = try Cohort.manifest
    let train = [
      "train", "--preset", "dense-ae", "--data", manifest.path, "-o", run.path, "--pdf", "--set",
      "training.epochs=1", "--set", "recipe.gridSize=32", "--set", "recipe.gridSpacing=6", "--set",
      "model.network.channels=[4, 8]",
    ]
    let refused = try Tool.run(train, environment: ["PATH": ""])
    #expect(refused.code == 69 && run.files.isEmpty)
    let browsers = try Self.browserThatPrints()
    let trained = try Tool.succeed(train, environment: ["PATH": browsers.path])
    #expect(trained.results.last == (run / "report.pdf").path)
    #expect(try (run / "report.pdf").text() == "printed\n")
  }
}
