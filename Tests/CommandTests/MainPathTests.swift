import Foundation
import Testing
import Volumes

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
    for key in ["auprc", "dice_oracle", "dice_fpr_01", "dice_fpr_05", "dice_fpr_10"] {
      let value = try #require(evaluation[key] as? Double, "\(key)")
      #expect((0...1).contains(value), "\(key)")
      let interval = try #require(evaluation["\(key)_interval"] as? [Double], "\(key)_interval")
      #expect(interval.count == 2 && interval[0] <= interval[1], "\(key)_interval")
    }
    #expect(evaluation["cases"] as? Int == 2)
    let page = try (figures / "report.html").text()
    #expect(page.contains("AUPRC"))
  }
}
