import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

/// `preprocess`, with weights that take the brightest of a head for its brain.
@Suite struct PreprocessTests {
  /// Every convolution hands on its first channel: what is bright stays so through all norms.
  private static let weights = Result {
    func tensor(_ outputs: Int, _ inputs: Int, _ kernel: Int, one index: Int) throws -> Tensor {
      let shape = [outputs, inputs, kernel, kernel, kernel]
      var values = [Float](repeating: 0, count: shape.reduce(1, *))
      values[index] = 1
      return try Tensor(values, shape: shape)
    }
    var tensors = ["model.0.weight": try tensor(15, 1, 3, one: 13)]
    for layer in 1..<25 { tensors["model.\(3 * layer).weight"] = try tensor(15, 15, 3, one: 13) }
    tensors["model.75.weight"] = try tensor(2, 15, 1, one: 15)
    let file = Workplace.root / "brain.safetensors"
    try Safetensors.write(tensors, to: file)
    return file
  }

  /// A ball of 56 mm, a little brighter on the right, in air with noise, from voxels of 7 x 7 x 8 mm: 735 mL.
  private func head(_ intensity: Float = 100) -> Volume {
    let geometry = Geometry(
      shape: [20, 20, 18],
      affine: Affine(i: SIMD3(-7, 0, 0), j: SIMD3(0, 7, 0), k: SIMD3(0, 0, 8), origin: SIMD3(66, -66, -68)))
    var volume = Volume(geometry: geometry, repeating: 1)
    for index in volume.voxels.indices {
      let place = geometry.world(
        ofVoxel: SIMD3(Double(index % 20), Double(index / 20 % 20), Double(index / 400)))
      let isHead = (place * place).sum() < 56 * 56
      volume.voxels[index] = isHead ? intensity * (1 + 0.002 * Float(place.x)) : 1 + Float(index % 2)
    }
    return volume
  }

  /// Two people, of whom the second has no head, and their manifest.
  private func cohort() throws -> URL {
    let folder = try Workplace.folder()
    try NIfTI.write(head(), to: folder / "a_FLAIR.nii.gz")
    try NIfTI.write(Mask(geometry: head().geometry, repeating: 1), to: folder / "a_lesion.nii.gz")
    try NIfTI.write(head().map { _ in Float(1) }, to: folder / "b_FLAIR.nii.gz")
    let rows = [
      "participant_id\tsession_id\timage\tlesion_mask\tsplit",
      "sub-a\tses-1\ta_FLAIR.nii.gz\ta_lesion.nii.gz\ttest",
      "sub-b\tn/a\tb_FLAIR.nii.gz\tn/a\tn/a",
    ]
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: folder / "manifest.tsv")
    return folder
  }

  /// Brain extraction alone: a ball is like no template.
  private func preprocess(_ input: URL, _ output: URL, _ more: [String] = []) throws -> Outcome {
    try Tool.run(
      [
        "preprocess", "-i", input.path, "-o", output.path, "--weights", Self.weights.get().path, "--threads",
        "1",
        "--set", "preprocessing.registers=false", "--set", "preprocessing.correctsBias=false",
      ] + more)
  }

  @Test func aCohortGetsMasksScansAndAManifestAndAFailureCostsOneRow() throws {
    let folder = try cohort(), out = folder / "out"
    let outcome = try preprocess(folder / "manifest.tsv", out)
    #expect(outcome.code == 1)
    #expect(outcome.results == [(out / "cases.tsv").path, (out / "manifest.tsv").path])
    #expect(outcome.standardError.contains("failed: sub-b: no head stands out from the background"))
    let cases = try TSV(out / "cases.tsv").rows
    #expect(cases.map { $0["status"] } == ["ok", "failed"])

    let prefix = "sub-a/ses-1/anat/sub-a_ses-1_desc-"
    #expect(
      out.files == [
        "cases.tsv", "manifest.tsv", "preprocessing.json", "\(prefix)brain_mask.json",
        "\(prefix)brain_mask.nii.gz", "\(prefix)preproc_FLAIR.json", "\(prefix)preproc_FLAIR.nii.gz",
      ])
    let scan = head(), mask = try NIfTI.readMask(out / "\(prefix)brain_mask.nii.gz")
    let masked = try NIfTI.read(out / "\(prefix)preproc_FLAIR.nii.gz")
    #expect(mask.geometry == scan.geometry && masked.geometry == scan.geometry)
    let wrong = zip(mask.voxels, scan.voxels).count { ($0 != 0) != ($1 > 50) }
    #expect(wrong < mask.count / 10, "\(wrong) of \(mask.count) voxels differ from the ball")
    for index in mask.voxels.indices {
      #expect(masked.voxels[index] == (mask.voxels[index] == 0 ? 0 : scan.voxels[index]))
    }

    let manifest = try TSV(out / "manifest.tsv")
    #expect(manifest.rows.count == 1)
    let row = try #require(manifest.rows.first)
    #expect(row["participant_id"] == "sub-a" && row["session_id"] == "ses-1" && row["split"] == "test")
    #expect(row["image"] == "\(prefix)preproc_FLAIR.nii.gz" && row["lesion_mask"] == "../a_lesion.nii.gz")
    #expect(row["brain_mask"] == "\(prefix)brain_mask.nii.gz")
    let sidecar = try (out / "\(prefix)brain_mask.json").text()
    for key in ["BrainWeightsSHA256", "brainVoxelSize", "InputSHA256", "BrainVolumeML", "Steps"] {
      #expect(sidecar.contains("\"\(key)\""), "\(sidecar)")
    }
    #expect(out.halfWritten == [])
  }

  @Test func whatIsThereIsMadeAgainOnlyForAnotherScan() throws {
    let folder = try Workplace.folder(), scan = folder / "c_FLAIR.nii.gz", out = folder / "out"
    try NIfTI.write(head(), to: scan)
    let mask = out / "c/c_desc-brain_mask.nii.gz"
    #expect(try preprocess(scan, out).results.first == mask.path)
    func written() throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: mask.path)[.modificationDate] as? Date
    }
    let first = try written()
    #expect(try preprocess(scan, out).standardError.contains("up to date"))
    #expect(try written() == first)
    #expect(
      try !preprocess(scan, out, ["--set", "preprocessing.denoisingIterations=1"]).standardError.contains(
        "up to date"))
    try NIfTI.write(head(120), to: scan)
    #expect(try !preprocess(scan, out).standardError.contains("up to date"))
    let second = try written()
    #expect(second != first)
    #expect(
      try !preprocess(scan, out, ["--force"]).standardError.contains("up to date") && written() != second)

    // A scan that fails leaves no file of an earlier run, nor a manifest that lists it.
    try NIfTI.write(head().map { _ in Float(1) }, to: scan)
    #expect(try preprocess(scan, out).code == 65)
    #expect(out.files == ["cases.tsv", "preprocessing.json"])
  }

  @Test func theManifestGoesIntoSegment() throws {
    let folder = try cohort(), out = folder / "out", maps = folder / "maps"
    _ = try preprocess(folder / "manifest.tsv", out)
    try Tool.succeed([
      "segment", "-i", (out / "manifest.tsv").path, "-o", maps.path, "--bundle", Cohort.bundle.path,
      "--threads", "1",
    ])
    #expect(try TSV(maps / "cases.tsv").rows.map { $0["case_id"] } == ["sub-a_ses-1"])
  }

  @Test func rawScansBesideAPreprocessedCohortStayRaw() throws {
    let folder = try cohort(), out = folder / "out"
    _ = try preprocess(folder / "manifest.tsv", out)
    // A manifest of raw scans in the folder of the results.
    let raw = out / "raw.tsv", prefix = "sub-a/ses-1/anat/sub-a_ses-1_desc-"
    try Data("participant_id\timage\nsub-a\t../a_FLAIR.nii.gz\n".utf8).write(to: raw)
    let again = folder / "again"
    #expect(try preprocess(raw, again).code == 0)
    let brain = try NIfTI.readMask(again / "sub-a/anat/sub-a_desc-brain_mask.nii.gz")
    #expect(try brain == NIfTI.readMask(out / "\(prefix)brain_mask.nii.gz"), "the brain was found again")
    // Those that were prepared are used as they are.
    #expect(try preprocess(out / "manifest.tsv", folder / "third").code == 0)
    let sidecar = try (folder / "third/\(prefix)brain_mask.json").text()
    #expect(sidecar.contains("the scan is already preprocessed"), "\(sidecar)")
  }

  @Test func theManifestOfTheScansIsNotReplaced() throws {
    let folder = try cohort(), before = try (folder / "manifest.tsv").text()
    let outcome = try preprocess(folder / "manifest.tsv", folder)
    #expect(outcome.code == 73)
    expectProblem(in: outcome, words: ["would replace that of the scans", "manifest.tsv", "another folder"])
    #expect(try (folder / "manifest.tsv").text() == before && folder.files.count == 4)
  }

  @Test func shardsArePreprocessedByOneAndListedByAnother() throws {
    let folder = try cohort(), one = folder / "one", two = folder / "two", manifest = folder / "manifest.tsv"
    #expect(try preprocess(manifest, one).code == 1)
    let codes = try ["1/2", "2/2"].map { try preprocess(manifest, two, ["--shard", $0]).code }
    #expect(codes.sorted() == [0, 65], "the only scan of its shard fails")
    #expect(!two.files.contains { $0.hasSuffix(".tsv") })
    let other = try preprocess(
      manifest, two, ["--shard", "1/2", "--set", "preprocessing.denoisingIterations=1"])
    #expect(other.code == 73)
    expectProblem(in: other, words: ["with other settings: preprocessing ", "shards.json"])

    let whole = try preprocess(manifest, two)
    #expect(whole.code == 1 && whole.standardError.contains("1 of 2 cases were up to date"))
    #expect(two.files.filter { $0 != "shards.json" } == one.files)
    for file in one.files where file != "cases.tsv" {
      #expect(try Data(contentsOf: one / file) == Data(contentsOf: two / file), "\(file)")
    }
  }

  @Test func settingsOfThePreprocessingAreStrict() throws {
    let folder = try Workplace.folder(), scan = folder / "c_FLAIR.nii.gz"
    try NIfTI.write(head(), to: scan)
    for (setting, words) in [
      ("preprocessing.register=false", ["preprocessing.register", "preprocessing.registers"]),
      (
        "registers=false",
        ["unknown configuration key 'registers'", "did you mean 'preprocessing.registers'?"]
      ),
      ("recipe.gridSize=64", ["unknown configuration key 'recipe.gridSize'"]),
      ("preprocessing.denoisingIterations=51", ["preprocessing.denoisingIterations", "0 to 50"]),
    ] {
      let outcome = try preprocess(scan, folder / "out", ["--set", setting])
      #expect(outcome.code == 64)
      for word in words { #expect(outcome.standardError.contains(word), "\(outcome.standardError)") }
    }
  }

  static let refusals: [(weights: String, code: Int32, words: [String])] = [
    ("nowhere.safetensors", 69, ["weights of brain extraction are missing", "Scripts/bootstrap"]),
    ("other.safetensors", 65, ["does not contain the weights of brain extraction", "Scripts/bootstrap"]),
    ("text.safetensors", 65, ["safetensors file"]),
  ]

  @Test(arguments: refusals)
  func wrongWeightsAreRefused(weights: String, code: Int32, words: [String]) throws {
    let folder = try Workplace.folder(), scan = folder / "c_FLAIR.nii.gz"
    try NIfTI.write(head(), to: scan)
    try Safetensors.write(["a": Tensor([1], shape: [1])], to: folder / "other.safetensors")
    try Data("not tensors".utf8).write(to: folder / "text.safetensors")
    let outcome = try Tool.run([
      "preprocess", "-i", scan.path, "-o", (folder / "out").path, "--weights", (folder / weights).path,
    ])
    #expect(outcome.code == code)
    for word in words { #expect(outcome.standardError.contains(word), "\(outcome.standardError)") }
  }
}
