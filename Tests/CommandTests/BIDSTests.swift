import _TestSupport
import Foundation
import Testing

/// The BIDS App from a data set to its derivatives.
@Suite struct BIDSTests {
  @Test func participantsAndGroupMakeADerivativeDataSet() throws {
    let data = try BIDSDataSet()
    try data.write(
      "participant_id\tgroup\tage\nsub-01\tpatient\t40\nsub-02\tcontrol\t70\nsub-03\tcontrol\t50\n",
      to: "participants.tsv")
    let before = try data.inputs()
    let outcome = try Tool.succeed(
      data.arguments("participant", ["--output-spaces", "native", "MNI152NLin2009aSym"]))
    #expect(outcome.results == ["sub-01.html", "sub-02.html"].map { (data.out / $0).path })
    #expect(outcome.standardError.contains("sub-03  skipped=no FLAIR scan, only T1w"))
    let group = try Tool.succeed(data.arguments("group"))
    #expect(group.results.first == (data.out / "group_lesions.tsv").path)
    #expect(group.results.last == (data.out / "group.html").path)
    #expect(try data.inputs() == before && data.folder.halfWritten == ["raw/derivatives/norma/.bidsignore"])

    // The bundle of the tests does not tell tissues apart.
    let golden = try (packageRoot / "Tests/CommandTests/Goldens/bids-files.txt").text().split(separator: "\n")
      .map(String.init).filter { !$0.contains("_seg-tissues_") }
    // Which figures there are depends on the bundle, and this slab has no place in the template.
    let files = data.out.files.filter { !$0.contains("figures/") }
    #expect(files == golden)
    try expectFigures(in: data.out)
    let rows = try TSV(data.out / "group_lesions.tsv").rows
    #expect(
      rows.map { $0["case_id"] }
        == ["sub-01_ses-1", "sub-01_ses-2", "sub-02_acq-3d_run-1", "sub-02_acq-3d_run-2", "sub-03"])
    #expect(rows.map { $0["status"] } == ["ok", "ok", "ok", "ok", "skipped"])
    #expect(rows[0]["image"] == "bids:raw:sub-01/ses-1/anat/sub-01_ses-1_FLAIR.nii.gz")
    let columns = try Self.json(data.out / "group_lesions.json")
    #expect(Set(columns.keys) == Set(try TSV(data.out / "group_lesions.tsv").columns))

    let regions = "sub-01/ses-1/anat/sub-01_ses-1_seg-lesions_dseg"
    let described = try Self.json(data.out / "\(regions).json")
    for column in try TSV(data.out / "\(regions).tsv").columns {
      #expect((described[column] as? [String: String])?["Description"] != nil, "\(column)")
    }
    #expect((described["index"] as? [String: String])?["Format"] == "integer")

    let description = try Self.json(data.out / "dataset_description.json")
    #expect(description["DatasetType"] as? String == "derivative")
    #expect(description["DatasetLinks"] as? [String: String] == ["raw": "../.."])
    let sources = description["SourceDatasets"] as? [[String: String]]
    #expect(sources == [["URL": "../..", "DOI": "doi:10.1/x"]])
    let sidecar = try Self.json(data.out / "sub-01/ses-1/anat/sub-01_ses-1_label-lesion_mask.json")
    #expect(sidecar["Sources"] as? [String] == [rows[0]["image"] ?? ""])
    #expect(sidecar["Type"] as? String == "Lesion" && sidecar["BundleSHA256"] is String)
    for file in data.out.files where !file.hasSuffix(".nii.gz") {
      #expect(
        try !(data.out / file).text().contains(data.folder.path), "\(file) names a place of this machine")
    }
  }

  /// The figures of every scan and of the group, whose drawings the pages show.
  private func expectFigures(in out: URL) throws {
    let figures = out.files.filter { $0.contains("figures/") }
    for scan in ["sub-01/figures/sub-01_ses-1", "sub-02/figures/sub-02_acq-3d_run-2"] {
      let levels = try (out / "\(scan)_desc-levels_FLAIR.svg").text()
      let picture = try #require(levels.firstMatch(of: /data:image.png;base64,[^"]+/)).output
      let page = try (out / "\(scan.prefix(6)).html").text()
      #expect(page.contains(picture), "\(scan)")
      #expect(figures.contains("\(scan)_desc-slice1_FLAIR.svg"))
    }
    #expect(
      figures.filter { $0.hasPrefix("figures/") }
        == ["sessions", "volume"].map {
          "figures/group_desc-\($0)_FLAIR.svg"
        })
    let page = try (out / "group.html").text()
    for words in ["Volume by session", "Rank correlation", "age", "by group"] {
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test func whatIsWrongWithTheParticipantsCostsOnlyWhatNeedsThem() throws {
    let data = try BIDSDataSet()
    try Tool.succeed(data.arguments("participant"))
    func group(_ table: String, _ more: String...) throws -> Outcome {
      try data.write(table, to: "participants.tsv")
      return try Tool.run(data.arguments("group", more))
    }
    let one = try group("participant_id\tsite\tage\nsub-01\ta\t40\nsub-02\tb\t70\n")
    #expect(one.code == 0 && one.standardError.contains("warning: participants.tsv has no row for sub-03"))
    #expect(try TSV(data.out / "group_covariates.tsv").rows.map { $0["covariate"] } == ["age"])
    let broken = try group("participant_id\tage\nsub-01\n")
    #expect(broken.code == 0 && broken.standardError.contains("is not a table"))
    #expect(try TSV(data.out / "group_lesions.tsv").rows.count == 5)
    #expect(!(data.out / "group_covariates.tsv").exists && (data.out / "group.html").exists)

    let before = try data.out.written()
    for (table, words) in [
      ("participant_id\tsite\nsub-01\ta\nsub-02\tb\n", ["no column 'sit'", "did you mean 'site'?"]),
      ("participant_id\tsit\nsub-01\ta\nsub-02\ta\n", ["'sit' is 'a' for all", "--group-by"]),
    ] {
      let refused = try group(table, "--group-by", "sit")
      #expect(refused.code != 0)
      expectProblem(in: refused, words: words)
    }
    #expect(try data.out.written() == before)
    #expect(
      try group("participant_id\tsit\nsub-01\ta\nsub-02\tb\nsub-03\tb\n", "--group-by", "sit").code == 0)
    #expect(try (data.out / "group.html").text().contains("by sit"))
  }

  @Test func aScanWithoutAPlaceInTheTemplateHasNoImagesThere() throws {
    let data = try BIDSDataSet(scans: Array(BIDSDataSet.usual.suffix(3)))
    try Tool.succeed(data.arguments("participant"))
    let added = try Tool.succeed(data.arguments("participant", ["--output-spaces", "MNI152NLin2009aSym"]))
    #expect(added.standardError.contains("up to date"))
    #expect(added.standardError.contains("sub-02_acq-3d_run-1: not registered, so without images"))
    #expect(!data.out.files.contains { $0.contains("_space-") })
  }

  private static func json(_ file: URL) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  }

  @Test func aRerunTouchesNothing() throws {
    let data = try BIDSDataSet(scans: Array(BIDSDataSet.usual.suffix(3)))
    func run() throws -> Outcome {
      try Tool.succeed(data.arguments("participant"))
      return try Tool.succeed(data.arguments("group"))
    }
    _ = try run()
    let first = try data.out.written()
    #expect(
      try Tool.succeed(data.arguments("participant")).standardError.contains(
        "sub-02_acq-3d_run-1: up to date"))
    _ = try run()
    #expect(try data.out.written() == first)

    // Another threshold or another scan is another result.
    let map = "sub-02/anat/sub-02_acq-3d_run-1_desc-anomaly_FLAIR.nii.gz"
    let loose = try Tool.succeed(data.arguments("participant", ["--fpr", "0.1"]))
    #expect(!loose.standardError.contains("up to date"))
    _ = try run()
    let second = try data.out.written()
    #expect(second[map] != first[map])
    let scan = try BIDSDataSet(scans: []).raw / "other.nii.gz"
    try FileManager.default.copyItem(at: Cohort.folder.get() / "sub-009/anat/sub-009_FLAIR.nii.gz", to: scan)
    try Data(contentsOf: scan).write(to: data.raw / "sub-02/anat/sub-02_acq-3d_run-1_FLAIR.nii.gz")
    let outcome = try Tool.succeed(data.arguments("participant"))
    #expect(
      outcome.log.filter { $0.contains("up to date") }.map { $0.prefix(20) } == ["sub-02_acq-3d_run-2:"])
  }

  @Test func aMapThatWasNotAskedForIsMadeLater() throws {
    let data = try BIDSDataSet(scans: Array(BIDSDataSet.usual.suffix(3))), asked = ["--exceedance"]
    func maps() -> [String] { data.out.files.filter { $0.hasSuffix("_desc-exceedance_FLAIR.nii.gz") } }
    try Tool.succeed(data.arguments("participant"))
    #expect(maps() == [])
    #expect(try !Tool.succeed(data.arguments("participant", asked)).standardError.contains("up to date"))
    #expect(
      maps() == (1...2).map { "sub-02/anat/sub-02_acq-3d_run-\($0)_desc-exceedance_FLAIR.nii.gz" })
    let again = try Tool.succeed(data.arguments("participant", asked))
    #expect(again.standardError.contains("up to date") && maps().count == 2)
    // A folder has the files of one set of options.
    #expect(try !Tool.succeed(data.arguments("participant")).standardError.contains("up to date"))
    #expect(maps() == [])
  }

  @Test func twoProcessesAtOnceGiveTheSameBytesAsOneAfterTheOther() throws {
    let data = try BIDSDataSet(), one = data.folder / "one", two = data.folder / "two"
    func label(_ labels: String...) -> [String] { ["--participant-label"] + labels }
    let running = try [label("01"), label("02", "03")].map {
      try Tool.start(data.arguments("participant", to: one, $0))
    }
    for process in running { #expect(process.finish().code == 0) }
    for labels in [label("sub-03"), label("sub-02"), label("sub-01")] {
      try Tool.succeed(data.arguments("participant", to: two, labels))
    }
    for folder in [one, two] { try Tool.succeed(data.arguments("group", to: folder)) }
    #expect(one.files == two.files && one.files.count > 40)
    for file in one.files {
      #expect(try Data(contentsOf: one / file) == Data(contentsOf: two / file), "\(file)")
    }
  }

  @Test func aScanThatFailsCostsOneRowAndAParticipantThatIsMissingIsNamed() throws {
    let data = try BIDSDataSet()
    try data.write("no scan", to: "sub-02/anat/sub-02_acq-3d_run-1_FLAIR.nii.gz")
    let outcome = try Tool.run(data.arguments("participant", ["--participant-label", "02", "03"]))
    #expect(outcome.code == 1)
    #expect(outcome.standardError.contains("failed: sub-02_acq-3d_run-1: The file is not NIfTI."))
    #expect(outcome.standardError.contains("1 of 2 scans failed"))

    let group = try Tool.run(data.arguments("group"))
    #expect(group.code == 1)
    for file in ["group.html", "group_lesions.tsv"] {
      #expect(group.results.contains { $0.hasSuffix("/\(file)") }, "\(file)")
    }
    expectProblem(
      in: group, words: ["2 scans were not processed: sub-01_ses-1, sub-01_ses-2", "--participant-label 01"])
    let rows = try TSV(data.out / "group_lesions.tsv").rows
    #expect(rows.map { $0["status"] } == ["missing", "missing", "failed", "ok", "skipped"])
    let page = try (data.out / "group.html").text()
    for words in ["not processed", "not NIfTI", "sub-02.html"] { #expect(page.contains(words), "\(words)") }

    // Once it is repaired, only the failed scan is processed.
    try FileManager.default.removeItem(at: data.raw / "sub-02/anat/sub-02_acq-3d_run-1_FLAIR.nii.gz")
    try FileManager.default.copyItem(
      at: Cohort.patient, to: data.raw / "sub-02/anat/sub-02_acq-3d_run-1_FLAIR.nii.gz")
    let again = try Tool.succeed(data.arguments("participant", ["--participant-label", "02"]))
    #expect(again.log.filter { $0.contains("up to date") }.count == 1)
    #expect(try !(data.out / "sub-02.html").text().contains("not NIfTI"))
    let forced = try Tool.succeed(data.arguments("participant", ["--participant-label", "02", "--force"]))
    #expect(!forced.standardError.contains("up to date"))

    // A scan that fails later leaves only its row.
    try data.write("no scan", to: "sub-02/anat/sub-02_acq-3d_run-1_FLAIR.nii.gz")
    #expect(try Tool.run(data.arguments("participant", ["--participant-label", "02"])).code == 1)
    let left = data.out.files.filter { $0.contains("_run-1_") }
    #expect(left == ["sub-02/anat/sub-02_acq-3d_run-1_desc-norma_cases.tsv"])
    #expect(try (data.out / "sub-02.html").text().contains("not NIfTI"))
  }

  @Test func resultsOfScansThatLeftTheDataSetAreRemoved() throws {
    let data = try BIDSDataSet(scans: [
      "sub-01/ses-1/anat/sub-01_ses-1_FLAIR.nii.gz", "sub-02/anat/sub-02_run-1_FLAIR.nii.gz",
      "sub-02/anat/sub-02_run-2_FLAIR.nii.gz", "sub-03/anat/sub-03_T1w.nii.gz",
    ])
    try Tool.succeed(data.arguments("participant"))
    for scan in ["sub-01/ses-1/anat/sub-01_ses-1", "sub-02/anat/sub-02_run-1"] {
      try FileManager.default.removeItem(at: data.raw / "\(scan)_FLAIR.nii.gz")
    }
    try FileManager.default.createDirectory(at: data.raw / "sub-01/anat", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Cohort.patient, to: data.raw / "sub-03/anat/sub-03_acq-3d_FLAIR.nii.gz")
    try Tool.succeed(data.arguments("participant"))
    let rows = data.out.files.filter { $0.hasSuffix("_cases.tsv") }.map {
      URL(fileURLWithPath: $0).lastPathComponent
    }
    #expect(
      rows == ["sub-01", "sub-02_run-2", "sub-03_acq-3d"].map { "\($0)_desc-norma_cases.tsv" })
    let masks = data.out.files.filter { $0.hasSuffix("_mask.nii.gz") && $0.contains("lesion") }
    #expect(masks.count == 2 && !masks.contains { $0.contains("run-1") || $0.contains("ses-1") })
  }

  @Test func aDryRunWritesNothing() throws {
    let data = try BIDSDataSet()
    let outcome = try Tool.succeed(data.arguments("participant", ["--dry-run", "--session_label", "1"]))
    #expect(
      outcome.results == [
        "sub-01_ses-1\tsegment\tno brain mask given", "sub-02\tskip\tno FLAIR scan",
        "sub-03\tskip\tno FLAIR scan",
      ])
    #expect(!data.out.exists)
  }

  @Test func masksOfAnotherDataSetAreLinked() throws {
    let scan = "sub-01/anat/sub-01_run-1_FLAIR.nii.gz"
    let data = try BIDSDataSet(scans: [scan])
    let mask = "sub-01/anat/sub-01_run-1_desc-brain_mask.nii.gz", masks = data.folder / "masks"
    try FileManager.default.createDirectory(at: masks / "sub-01/anat", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Cohort.folder.get() / "sub-008/anat/sub-008_desc-brain_mask.nii.gz", to: masks / mask)
    try Tool.succeed(data.arguments("participant", ["--derivatives", masks.path]))
    let sidecar = try Self.json(data.out / "sub-01/anat/sub-01_run-1_label-lesion_mask.json")
    #expect(sidecar["Sources"] as? [String] == ["bids:raw:\(scan)", "bids:masks:\(mask)"])
    #expect(sidecar["BrainMaskSHA256"] is String)
    let links = try Self.json(data.out / "dataset_description.json")["DatasetLinks"]
    #expect(links as? [String: String] == ["raw": "../..", "masks": "../../../masks"])
  }

  @Test func anInterruptedRunKeepsWhatIsDone() throws {
    let names = (100..<160).map { "sub-\($0)/anat/sub-\($0)_FLAIR.nii.gz" }
    let data = try BIDSDataSet(scans: names)
    let running = try Tool.start(data.arguments("participant"))
    let end = Date.now + 60
    while !(data.out / "sub-101.html").exists {
      try #require(running.process.isRunning && Date.now < end, "\(running.standardErrorSoFar)")
      Thread.sleep(forTimeInterval: 0.01)
    }
    kill(running.process.processIdentifier, SIGINT)
    let outcome = running.finish()
    #expect(outcome.code == 130)
    #expect(outcome.standardError.contains("error: interrupted after "), "\(outcome.standardError)")
    let group = try Tool.run(data.arguments("group"))
    #expect(group.code == 1 && group.standardError.contains("sub-159"))
    let again = try Tool.succeed(data.arguments("participant"))
    // Lines of progress come now and then.
    let log = again.log.filter { !$0.contains(" of 60): ") }
    #expect(log.count == 61 && log.dropFirst().prefix(2).allSatisfy { $0.contains("up to date") })
    try Tool.succeed(data.arguments("group"))
  }

  /// A data set, and its participant level.
  private static func participant(_ scans: [String], description: String? = BIDSDataSet.description)
    -> @Sendable (BadInput.Place) throws -> [String]
  {
    { place in
      try BIDSDataSet(in: place.folder, scans: scans, description: description)
        .arguments("participant", to: place.out)
    }
  }

  /// The participant level of the usual data set with more options.
  private static func options(_ more: String...) -> @Sendable (BadInput.Place) throws -> [String] {
    { try BIDSDataSet(in: $0.folder).arguments("participant", to: $0.out, more) }
  }

  private static func filter(_ text: String) -> @Sendable (BadInput.Place) throws -> [String] {
    { place in
      let data = try BIDSDataSet(in: place.folder)
      try data.write(text, to: "filter.json")
      return try data.arguments(
        "participant", to: place.out, ["--bids-filter-file", (data.raw / "filter.json").path])
    }
  }

  static let refusals: [BadInput] = [
    BadInput("no such folder", 66, ["no such folder", "/nowhere"]) { place in
      ["bids", (place.folder / "nowhere").path, place.out.path, "participant"]
    },
    BadInput(
      "no data set", 66, ["not a BIDS data set", "dataset_description.json", "--skip-bids-validation"],
      participant(BIDSDataSet.usual, description: nil)),
    BadInput(
      "a description that is no JSON", 65, ["not a JSON object", "bids-validator"],
      participant(BIDSDataSet.usual, description: "{")
    ),
    BadInput(
      "a description without version", 65, ["has no BIDSVersion", "bids-validator"],
      participant(BIDSDataSet.usual, description: #"{"Name": "x"}"#)),
    BadInput("no participant", 66, ["no participant", "sub-LABEL"], participant([])),
    BadInput(
      "no FLAIR", 66, ["no FLAIR scan", "T1w, T2w"],
      participant(["sub-01/anat/sub-01_T1w.nii.gz", "sub-02/anat/sub-02_T2w.nii.gz"])),
    BadInput(
      "no image", 66, ["no FLAIR scan", "no anat folder has an image"],
      participant(["sub-01/func/x.nii.gz"])),
    BadInput(
      "one scan twice", 65, ["name of the same scan", "sub-01_FLAIR.nii and", "sub-01_FLAIR.nii.gz"],
      participant(["sub-01/anat/sub-01_FLAIR.nii", "sub-01/anat/sub-01_FLAIR.nii.gz"])),
    BadInput(
      "a name of another folder", 65, ["not a BIDS name", "sub-02_FLAIR.nii.gz"],
      participant(["sub-01/anat/sub-02_FLAIR.nii.gz"])),
    BadInput(
      "a name that is none", 65, ["not a BIDS name", "sub-01_old_FLAIR.nii.gz"],
      participant(["sub-01/anat/sub-01_old_FLAIR.nii.gz"])),
    BadInput(
      "unknown participant", 64, ["no participant 'sub-03x'", "did you mean 'sub-03'?"],
      options("--participant-label", "01", "03x")),
    BadInput(
      "unknown session", 64, ["no session 'ses-3'", "did you mean 'ses-1'?"],
      options("--session-label", "3")),
    BadInput(
      "unknown entity", 64, ["unknown entity 'acquisitoin'", "'acquisition'"],
      filter(#"{"flair": {"acquisitoin": 1}}"#)),
    BadInput("unknown query", 64, ["unknown query 'fliar'", "'flair'"], filter(#"{"fliar": {}}"#)),
    BadInput(
      "a value that cannot be", 65, ["'flair.run' cannot be true or false"],
      filter(#"{"flair": {"run": true}}"#)),
    BadInput("a filter that is no JSON", 65, ["not a JSON object", "flair"], filter("[")),
    BadInput(
      "a filter that fits nothing", 66, ["no FLAIR scan matches", "filter"], filter(#"{"flair": {"run": 7}}"#)
    ),
    BadInput(
      "a missing filter", 66, ["filter file", "nowhere.json"],
      options("--bids-filter-file", "nowhere.json")),
    BadInput(
      "missing derivatives", 66, ["derivatives", "/nowhere"], options("--derivatives", "/nowhere")),
    BadInput(
      "too little memory", 64, ["1500 MB", "1000 are allowed", "--mem-mb"], options("--mem-mb", "1000")),
    BadInput("results inside the data set", 73, ["inside the data set", "derivatives/norma"]) { place in
      let data = try BIDSDataSet(in: place.folder)
      return try data.arguments("participant", to: data.raw / "norma")
    },
    BadInput("results inside the data set through a link", 73, ["inside the data set"]) { place in
      let data = try BIDSDataSet(in: place.folder), link = place.folder / "link"
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: data.raw)
      return try data.arguments("participant", to: link / "norma")
    },
    BadInput("results over the data set", 73, ["inside the data set"]) { place in
      let data = try BIDSDataSet(in: place.folder)
      return try data.arguments("participant", to: data.raw)
    },
    BadInput("results over another data set", 73, ["another data set", "new folder"]) { place in
      let data = try BIDSDataSet(in: place.folder)
      try data.write(BIDSDataSet.description, to: "derivatives/norma/dataset_description.json")
      return try data.arguments("participant")
    },
    BadInput("a group before its participants", 66, ["no results", "participant first"]) { place in
      try BIDSDataSet(in: place.folder).arguments("group", to: place.out)
    },
    BadInput("rate 0", 64, ["rate of 0", "--fpr"], options("--fpr", "0")),
  ]

  @Test(arguments: refusals)
  func whatCannotBeMeantIsRefusedBeforeAnythingIsWritten(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  @Test(arguments: [
    (["bids", "a", "b"], "level"), (["bids", "a", "b", "session"], "participant"),
    (["bids", "a", "b", "group", "--n-cpus", "0"], "--n-cpus"),
    (["bids", "a", "b", "group", "--output-spaces", "MNI152NLin2009aSym"], "goes with participant"),
    (["bids", "a", "b", "participant", "--output-spaces", "MNI152NLin6Asym"], "MNI152NLin2009aSym"),
    (["bids", "a", "b", "participant", "--group-by", "site"], "goes with group"),
    (["bids", "a", "b", "group", "--n_cpus", "1", "--threads", "1"], "not both"),
    (["bids", "a", "b", "participant", "--fpr", "0.1", "--threshold", "3"], "not both"),
  ])
  func theArgumentParserRefusesWithUsage(arguments: [String], words: String) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.code == 64 && outcome.standardError.contains(words), "\(outcome.standardError)")
  }
}
