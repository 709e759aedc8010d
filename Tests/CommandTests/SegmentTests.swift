import _TestSupport
import Foundation
import Testing
import Volumes

import Norma

/// What `segment` writes, for every kind of input.
@Suite struct SegmentTests {
  private func segment(_ input: URL, into out: URL, _ more: [String] = []) throws -> Outcome {
    try Tool.succeed(
      ["segment", "-i", input.path, "-o", out.path, "--bundle", Cohort.bundle.path, "--threads", "1"] + more)
  }

  /// The map and the mask that a row of the table names.
  private func results(_ row: [String: String], in out: URL) throws -> (map: Volume, mask: Mask) {
    let map = try #require(row["anomaly_map"]), mask = try #require(row["mask"])
    #expect(!map.hasPrefix("/") && !mask.hasPrefix("/"), "paths are relative to the table")
    return (try NIfTI.read(out / map), try NIfTI.readMask(out / mask))
  }

  @Test func aT1wThatCannotBeReadCostsTheFLAIRNothing() throws {
    let folder = try Workplace.folder(), t1w = folder / "T1w.nii.gz", scan = try Cohort.patient
    try Data("not a scan".utf8).write(to: t1w)
    for (out, more) in [("alone", []), ("both", ["--t1w", t1w.path])] {
      _ = try segment(scan, into: folder / out, more)
    }
    for image in ["label-lesion_mask.nii.gz", "desc-anomaly_FLAIR.nii.gz"] {
      let path = "sub-008/anat/sub-008_\(image)"
      #expect(try Data(contentsOf: folder / "both" / path) == Data(contentsOf: folder / "alone" / path))
    }
    let message = try #require(try TSV(folder / "both/cases.tsv").rows.first?["message"])
    #expect(message.contains("The T1w was not used: ") && message.contains(t1w.path), "\(message)")
    #expect(!(folder / "both/sub-008/anat/sub-008_space-FLAIR_T1w.nii.gz").exists)
  }

  @Test func aScanGivesMapMaskTableAndReportOnItsOwnGrid() throws {
    let out = try Workplace.folder() / "out", scan = try Cohort.patient
    let outcome = try segment(scan, into: out)
    let table = try TSV(out / "cases.tsv")
    #expect(
      table.columns.prefix(9).joined(separator: " ")
        == "case_id status message image anomaly_map mask lesion_volume_ml lesion_count seconds")
    #expect(
      table.columns.dropFirst(9).prefix(6)
        == ["brain_mask", "participant_id", "threshold", "peak_threshold", "scored_fraction", "bundle"])
    #expect(
      table.columns.dropFirst(15).prefix(2) == ["periventricular_count", "periventricular_ml"]
        && table.columns.suffix(2) == ["largest_region_ml", "white_matter_share"])
    let row = try #require(table.rows.first)
    #expect(table.rows.count == 1)
    #expect(row["case_id"] == "sub-008" && row["status"] == "ok")
    let image = try #require(row["image"])
    #expect(!image.hasPrefix("/") && (out / image).standardizedFileURL.path == scan.standardizedFileURL.path)
    let files = [row["anomaly_map"], row["mask"], "cases.tsv", "report.html"].compactMap { $0 }
    #expect(outcome.results == files.map { (out / $0).path })

    let (map, mask) = try results(row, in: out)
    let input = try NIfTI.read(scan)
    for geometry in [map.geometry, mask.geometry] { #expect(geometry == input.geometry) }
    #expect(map.voxels.allSatisfy { $0.isFinite && $0 >= 0 } && map.voxels.contains { $0 > 0 })
    #expect(zip(map.voxels, input.voxels).allSatisfy { $1 != 0 || $0 == 0 }, "no score outside the brain")
    #expect(mask.count > 0 && mask.count < mask.voxels.count / 4)

    let voxel = input.geometry.voxelVolume
    #expect(
      Double(row["lesion_volume_ml"] ?? "").map { abs($0 - Double(mask.count) * voxel / 1000) < 0.01 } == true
    )
    let lesions = try TSV(out / "sub-008/anat/sub-008_seg-lesions_dseg.tsv")
    #expect(row["lesion_count"] == "\(lesions.rows.count)")
    let report = try (out / "report.html").text()
    #expect(
      report.contains(
        "In a brain without lesions, about 1 % of voxels ("))
    #expect(out.halfWritten == [])
  }

  @Test func aFolderIsSegmentedAndEveryCaseIsInTheReport() throws {
    let folder = try Workplace.folder()
    for name in ["sub-01_FLAIR.nii.gz", "sub-02_ses-1_FLAIR.nii.gz"] {
      try FileManager.default.copyItem(at: Cohort.patient, to: folder / name)
    }
    try Data("notes".utf8).write(to: folder / "README.txt")
    let out = folder / "derivatives/norma"
    let outcome = try segment(folder, into: out)
    #expect(outcome.results == [(out / "cases.tsv").path, (out / "report.html").path])
    let rows = try TSV(out / "cases.tsv").rows
    #expect(rows.map { $0["case_id"] } == ["sub-01", "sub-02_ses-1"])
    #expect(rows[1]["mask"] == "sub-02/ses-1/anat/sub-02_ses-1_label-lesion_mask.nii.gz")
    for row in rows { _ = try results(row, in: out) }
    let report = try (out / "report.html").text()
    for name in ["sub-01", "sub-02_ses-1"] { #expect(report.contains(name)) }
  }

  @Test func aSliceGivesASlice() throws {
    let folder = try Workplace.folder(), volume = try NIfTI.read(Cohort.patient)
    let (width, height) = (volume.shape[0], volume.shape[1]), middle = volume.shape[2] / 2
    let slice = volume.voxels[middle * width * height..<(middle + 1) * width * height]
    let brightest = slice.max() ?? 1
    // 6 mm pixels would be taken for 1 mm: draw each of them 6 x 6.
    let pixels = (0..<36 * width * height).map { index in
      let (x, y) = (index % (6 * width) / 6, index / (6 * width) / 6)
      return UInt8(255 * slice[slice.startIndex + y * width + x] / brightest)
    }
    let scan = folder / "slice.png", out = folder / "out"
    try PNGImage(width: 6 * width, height: 6 * height, gray: pixels).write(to: scan)
    _ = try segment(scan, into: out)
    let row = try #require(try TSV(out / "cases.tsv").rows.first)
    let (map, mask) = try results(row, in: out)
    #expect(map.shape == [6 * width, 6 * height, 1])
    let geometry = try VolumeReader.readGeometry(scan)
    #expect(map.geometry.matches(geometry) && mask.geometry.matches(geometry))
    #expect(map.voxels.contains { $0 > 0 })
  }

  @Test func aRateOrAThresholdSetsTheMask() throws {
    struct Record: Decodable {
      var threshold: Double
      var thresholdFrom: String?
      var thresholdsByName: [String: Double]
    }
    func run(_ options: String...) throws -> (record: Record, mask: Mask) {
      let out = try Workplace.folder()
      _ = try segment(Cohort.patient, into: out, options)
      let record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: out / "segmentation.json"))
      let row = try #require(try TSV(out / "cases.tsv").rows.first)
      return (record, try results(row, in: out).mask)
    }
    let standard = try run(), strict = try run("--fpr", "0.01"), loose = try run("--fpr", "0.1")
    #expect(standard.record.threshold == strict.record.threshold && standard.mask == strict.mask)
    #expect(loose.record.threshold < strict.record.threshold && loose.mask.count > strict.mask.count)
    let given = try run("--threshold", "\(loose.record.threshold)")
    #expect(given.record.threshold == loose.record.threshold && given.mask == loose.mask)
    let percentile = try run("--threshold-from", "training-percentile")
    #expect(
      percentile.record.threshold == percentile.record.thresholdsByName["training-percentile-98"])
    #expect(
      [strict, given, percentile].map(\.record.thresholdFrom) == ["fpr", nil, "training-percentile"])
  }

  @Test func exceedanceIsWrittenWhereItIsAskedFor() throws {
    struct Bundle: Decodable { var calibration: Calibration }
    let calibration = try JSONDecoder().decode(
      Bundle.self, from: Data(contentsOf: Cohort.bundle / "bundle.json")
    ).calibration
    let out = try Workplace.folder(), place = "sub-008/anat/sub-008_desc-exceedance_FLAIR"
    _ = try segment(Cohort.patient, into: out, ["--exceedance"])
    let exceedance = try NIfTI.read(out / "\(place).nii.gz")
    let row = try #require(try TSV(out / "cases.tsv").rows.first)
    let (map, mask) = try results(row, in: out)
    #expect(exceedance.geometry == map.geometry)
    for (score, value) in zip(map.voxels, exceedance.voxels) {
      #expect(value == Float(calibration.exceedance(of: Double(score))))
    }
    #expect(zip(mask.voxels, exceedance.voxels).allSatisfy { $0 == 0 || $1 < 0.4 })
    // Two people promise no less than a third.
    #expect(exceedance.voxels.min().map { $0 > 1 / 3 } == true && exceedance.voxels.max() == 1)
    struct Sidecar: Decodable {
      var Description: String
      var Sources: [String]
    }
    let sidecar = try JSONDecoder().decode(Sidecar.self, from: Data(contentsOf: out / "\(place).json"))
    #expect(sidecar.Description.contains("conformal over lesion-free scans of 2 participants"))
    #expect(sidecar.Sources == ["sub-008_FLAIR.nii.gz"])

    _ = try segment(Cohort.patient, into: out)
    #expect(out.files.allSatisfy { !$0.contains("exceedance") }, "none of an earlier run stays")
  }

  @Test func theSameInputGivesTheSameFilesAndOldOnesAreReplaced() throws {
    let first = try Workplace.folder(), second = try Workplace.folder()
    let options = ["--split", "test"]
    _ = try segment(Cohort.manifest, into: first, options)
    let before = first.files
    // A broken result of an earlier run must not survive.
    let map = try #require(try TSV(second.replacing(with: first) / "cases.tsv").rows.first?["anomaly_map"])
    try Data("broken".utf8).write(to: second / map)
    _ = try segment(Cohort.manifest, into: second, options + ["--force"])
    #expect(second.files == before && second.halfWritten == [])
    for file in before where file != "report.html" {
      #expect(try (first / file).untimed() == (second / file).untimed(), "\(file)")
    }
  }

  @Test func whatIsCompleteIsKeptUnlessItsSettingsChange() throws {
    let out = try Workplace.folder(), options = ["--split", "test"]
    func contents() throws -> [String: Data] {
      try Dictionary(uniqueKeysWithValues: out.files.map { ($0, try Data(contentsOf: out / $0)) })
    }
    let first = try segment(Cohort.manifest, into: out, options)
    #expect(!first.standardError.contains("up to date"))
    let before = try contents(), written = try out.written()
    let again = try segment(Cohort.manifest, into: out, options)
    #expect(again.log.dropFirst(2) == ["2 of 2 cases were up to date"] && again.results == first.results)
    let listed = ["cases.tsv", "report.html", "segmentation.json"]
    let rewritten = try out.written().filter { written[$0.key] != $0.value }.keys.sorted()
    #expect(rewritten == listed, "files of cases are not touched")
    #expect(try contents() == before, "table and page are the same, with seconds and pictures")

    let forced = try segment(Cohort.manifest, into: out, options + ["--force"])
    #expect(!forced.standardError.contains("up to date"))
    #expect(try out.written().allSatisfy { written[$0.key] != $0.value })

    // Other settings give the files of a run into a new folder.
    let fresh = try Workplace.folder()
    for (settings, kept) in [(["--exceedance"], 0), (["--fpr", "0.1"], 0), (["--fpr", "0.1"], 2)] {
      let changed = try segment(Cohort.manifest, into: out, options + settings)
      #expect(changed.standardError.contains("2 of 2 cases were up to date") == (kept == 2), "\(settings)")
    }
    _ = try segment(Cohort.manifest, into: fresh, options + ["--fpr", "0.1"])
    #expect(out.files == fresh.files)
    for file in fresh.files where file != "report.html" {
      #expect(try (out / file).untimed() == (fresh / file).untimed(), "\(file)")
    }
  }

  @Test func aCaseThatFailsLeavesNoFileOfAnEarlierRun() throws {
    let folder = try Workplace.folder(), scan = folder / "sub-1_FLAIR.nii.gz", out = folder / "out"
    try FileManager.default.copyItem(at: Cohort.patient, to: scan)
    _ = try segment(scan, into: out, ["--exceedance"])
    #expect(out.files.count { $0.hasPrefix("sub-1/") } == 13)
    try Data("no scan".utf8).write(to: scan)
    let failed = try Tool.run([
      "segment", "-i", scan.path, "-o", out.path, "--bundle", Cohort.bundle.path, "--threads", "1",
    ])
    #expect(failed.code == 65)
    #expect(out.files == ["cases.tsv", "report.html", "segmentation.json"])
    #expect(try TSV(out / "cases.tsv").rows.map { $0["status"] } == ["failed"])
  }

  @Test func aPreprocessedCohortMayBeSegmentedIntoItsOwnFolder() throws {
    let out = try Workplace.folder(), files = "sub-1/anat/sub-1_desc-"
    try FileManager.default.createDirectory(at: out / "sub-1/anat", withIntermediateDirectories: true)
    let brain = try Cohort.folder.get() / "sub-008/anat/sub-008_desc-brain_mask.nii.gz"
    try FileManager.default.copyItem(at: brain, to: out / "\(files)brain_mask.nii.gz")
    try FileManager.default.copyItem(at: Cohort.patient, to: out / "\(files)preproc_FLAIR.nii.gz")
    let manifest =
      "participant_id\timage\tbrain_mask\nsub-1\t\(files)preproc_FLAIR.nii.gz\t\(files)brain_mask.nii.gz\n"
    try Data(manifest.utf8).write(to: out / "manifest.tsv")
    _ = try segment(out / "manifest.tsv", into: out)
    #expect(try TSV(out / "cases.tsv").rows.map { $0["status"] } == ["ok"])
  }

  @Test func quietSaysNothingAndJSONLinesAreJSON() throws {
    let quiet = try segment(Cohort.patient, into: Workplace.folder(), ["--quiet"])
    #expect(quiet.standardError.isEmpty && quiet.results.count == 4)

    let bad = try Workplace.folder() / "bad.nii.gz"
    try Data("no scan".utf8).write(to: bad)
    let manifest = try BadInput.Place(folder: Workplace.folder())
      .manifest("participant_id image", "good \(Cohort.patient.path)", "bad \(bad.path)")
    let outcome = try Tool.run([
      "segment", "-i", manifest.path, "-o", Workplace.folder().path, "--bundle", Cohort.bundle.path,
      "--log-format", "json", "--threads", "1",
    ])
    #expect(outcome.code == 1)
    let lines = try outcome.log.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
    #expect(
      lines.dropFirst().first?["message"]?.hasPrefix("Regions are where the anomaly map exceeds") == true)
    let good = try #require(lines.first { $0["message"] == "good" })
    #expect(good["regions"] != nil && good["seconds"] != nil)
    let failure = try #require(lines.first { $0["case"] == "bad" })
    #expect(failure["error"] == "The file is not NIfTI." && failure["where"] == bad.path)
    #expect(failure["what to do"]?.isEmpty == false)
  }
}

extension URL {
  /// This folder with the contents of another.
  fileprivate func replacing(with other: URL) throws -> URL {
    try FileManager.default.removeItem(at: self)
    try FileManager.default.copyItem(at: other, to: self)
    return self
  }
}
