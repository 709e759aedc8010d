import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Methods
@testable import Preprocessing
@testable import Norma

/// `bundle calibrate` counts false regions; `segment` keeps the regions of its rule.
@Suite struct RegionCommandTests {
  /// The normative bundle, calibrated on seven people without a lesion, whose brain in the scans is about that of
  /// three.
  private static let calibrated = Result {
    let folder = try Workplace.folder()
    let scans = (1...7).map { "sub-00\($0)" }
    let root = try Cohort.folder.get()
    let lines = scans.map { "\($0)\t\((root / "\($0)/anat/\($0)_FLAIR.nii.gz").path)\tvalidation\n" }
    try Data("participant_id\timage\tsplit\n\(lines.joined())".utf8).write(to: folder / "manifest.tsv")
    try Tool.succeed([
      "bundle", "calibrate", Cohort.bundle.path, "--data", (folder / "manifest.tsv").path, "-o",
      (folder / "bundle").path, "--threads", "1",
    ])
    return folder / "bundle"
  }

  private struct Record: Decodable {
    var threshold: Double
    var thresholdFrom: String?
    var peakThreshold, falseRegions: Double?
    var minimumLesionSize: Double
    var calibratedOn: String?
  }

  private struct Run {
    let out: URL, outcome: Outcome, record: Record, row: [String: String]
    let map: Volume, mask: Mask, regions: [[String: String]]

    init(_ options: [String]) throws {
      out = try Workplace.folder()
      outcome = try Tool.succeed(
        [
          "segment", "-i", Cohort.patient.path, "-o", out.path, "--bundle",
          RegionCommandTests.calibrated.get().path, "--threads", "1",
        ] + options)
      record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: out / "segmentation.json"))
      row = try #require(try TSV(out / "cases.tsv").rows.first)
      map = try NIfTI.read(out / (row["anomaly_map"] ?? ""))
      mask = try NIfTI.readMask(out / (row["mask"] ?? ""))
      regions = try TSV(out / "sub-008/anat/sub-008_seg-lesions_dseg.tsv").rows
    }
  }

  @Test func volumesGetOneFalseRegionPerBrainByDefault() throws {
    let run = try Run([]), record = run.record, peak = try #require(record.peakThreshold)
    #expect(record.thresholdFrom == "false-regions" && record.falseRegions == 1)
    // In these few slices there may be less than one false region at any peak.
    #expect(peak >= record.threshold)
    #expect(run.row["threshold"] == "\(record.threshold)" && run.row["peak_threshold"] == "\(peak)")
    #expect(record.calibratedOn == "lesion-free scans of 7 participants")
    let rule = RegionRule(extent: record.threshold, peak: peak)
    #expect(run.mask.voxels == rule.regions(of: run.map).mask.voxels && run.mask.count > 0)
    #expect(run.regions.allSatisfy { (Double($0["max_score"] ?? "") ?? 0) > peak - 1e-4 })
    #expect(run.regions.allSatisfy { (Double($0["p_value"] ?? "") ?? 2) <= 1 })
    let words = " and has a peak above "
    #expect(run.outcome.standardError.contains(words) && run.outcome.standardError.contains("  regions="))
    let report = try (run.out / "report.html").text()
    #expect(report.contains(words) && report.contains("such regions on average, as measured on"))
    let sidecar = try (run.out / "sub-008/anat/sub-008_label-lesion_mask.json").text()
    #expect(sidecar.contains("\"PeakThreshold\""))
    let card = try Tool.succeed(["bundle", "show", Self.calibrated.get().path]).standardOutput
    #expect(card.contains("## Regions") && card.contains("| false regions per brain | peak threshold |"))

    let plain = try Run(["--fpr", "0.01"])
    #expect(plain.record.threshold == record.threshold && plain.record.thresholdFrom == "fpr")
    #expect(plain.record.peakThreshold == nil && plain.row["peak_threshold"] == "n/a")
    #expect(plain.mask.voxels == RegionRule(extent: record.threshold).regions(of: run.map).mask.voxels)
    #expect(plain.regions.count >= run.regions.count && plain.regions.allSatisfy { $0["p_value"] == nil })
  }

  @Test func moreFalseRegionsAndSmallerOnesMayBeAskedFor() throws {
    let few = try Run(["--false-regions", "0.5"]), many = try Run(["--threshold-from", "false-regions"])
    let more = try Run(["--false-regions", "8"])
    let peaks = [few, many, more].compactMap(\.record.peakThreshold)
    #expect(peaks.count == 3 && peaks == peaks.sorted(by: >) && peaks[0] > peaks[2])
    let large = try Run(["--min-volume", "2000"])
    #expect(
      large.record.minimumLesionSize == 2000 && large.record.peakThreshold.map { $0 <= peaks[1] } == true)
    #expect(large.regions.allSatisfy { (Double($0["volume_mm3"] ?? "") ?? 0) >= 2000 })
    #expect(large.outcome.standardError.contains(" over at least 2000 mm³"))
    let plain = try Run(["--threshold", "\(few.record.threshold)", "--min-volume", "600"])
    let rule = RegionRule(extent: few.record.threshold, minimumVolume: 600)
    #expect(plain.mask.voxels == rule.regions(of: plain.map).mask.voxels)
  }

  private static let node = ["/usr/bin/node", "/usr/local/bin/node", "/opt/homebrew/bin/node"]
    .first(where: FileManager.default.isExecutableFile)

  /// The code of the page, run outside a browser.
  @Test(.enabled(if: node != nil, "there is no Node.js"))
  func theViewerFindsTheMaskOfTheCommand() throws {
    for options in [[], ["--min-volume", "600"], ["--fpr", "0.05"]] {
      let run = try Run(options)
      let folder = try Workplace.folder(), geometry = run.map.geometry
      let assets = packageRoot.appendingPathComponent("Sources/NormaViewer/Assets/regions.js")
      try FileManager.default.copyItem(at: assets, to: folder / "regions.mjs")
      let affine = (0..<3).map { row in
        geometry.affine.columns.map { $0[row] } + [geometry.affine.origin[row]]
      }
      let peak = run.record.peakThreshold.map { "\($0)" } ?? "undefined"
      let script = """
        import { regionsAbove } from "./regions.mjs";
        const map = { shape: \(geometry.shape), affine: \(affine), voxels: Float32Array.from(\(run.map.voxels)) };
        const found = regionsAbove(map, \(run.record.threshold), \(run.record.minimumLesionSize), \(peak));
        console.log(JSON.stringify({ mask: Array.from(found.mask), count: found.regions.length }));
        """
      try Data(script.utf8).write(to: folder / "check.mjs")
      let process = Process(), output = Pipe()
      process.executableURL = URL(fileURLWithPath: try #require(Self.node))
      process.arguments = [(folder / "check.mjs").path]
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      struct Found: Decodable {
        let mask: [UInt8]
        let count: Int
      }
      let found = try JSONDecoder().decode(Found.self, from: text)
      #expect(found.mask == run.mask.voxels && found.count == run.regions.count, "\(options)")
    }
  }
}
