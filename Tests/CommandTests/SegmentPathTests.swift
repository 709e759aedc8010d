import _TestSupport
import Foundation
import Testing

/// How scan, folder and bundle are named on the command line.
@Suite struct SegmentPathTests {
  private static func place(scans: [String]) throws -> URL {
    let folder = try Workplace.folder()
    for scan in scans { try FileManager.default.copyItem(at: Cohort.patient, to: folder / scan) }
    return folder
  }

  private static func segment(_ paths: [String], in folder: URL) throws -> Outcome {
    try Tool.run(["segment", "--bundle", Cohort.bundle.path, "--threads", "1"] + paths, in: folder)
  }

  @Test(arguments: [
    Row("options", (["-i", "a.nii.gz", "-o", "out"], "out")),
    Row("in order", (["a.nii.gz", "out"], "out")),
    Row("scan in order", (["a.nii.gz", "-o", "out"], "out")),
    Row("folder in order", (["-i", "a.nii.gz", "out"], "out")),
    Row("scan alone", (["a.nii.gz"], "a_norma")),
    Row("scan alone by its option", (["-i", "./a.nii.gz"], "a_norma")),
  ])
  func scanAndFolderAreOptionsOrInOrder(row: Row<([String], String)>) throws {
    let folder = try Self.place(scans: ["a.nii.gz"]), (paths, out) = row.body
    let outcome = try Self.segment(paths, in: folder)
    #expect(outcome.code == 0, "\(outcome.standardError)")
    #expect((folder / "\(out)/a/a_label-lesion_mask.nii.gz").exists)
    #expect(outcome.results.contains { $0.hasSuffix("/\(out)/cases.tsv") })
    #expect(
      outcome.log.contains { $0.hasPrefix("Results go to ") && $0.hasSuffix("/a_norma.") }
        == (out == "a_norma"))
  }

  @Test(arguments: [
    Row("nothing", ([], ["no scan is given", "SCAN FOLDER"])),
    Row(
      "a glob",
      (["-i", "a.nii.gz", "b.nii.gz", "c.nii.gz", "-o", "out"], ["b.nii.gz", "folder", "manifest"])),
    Row(
      "a glob of two without a folder",
      (["a.nii.gz", "b.nii.gz"], ["'b.nii.gz' is not a folder", "manifest"])),
    Row("a glob in order", (["a.nii.gz", "b.nii.gz", "out"], ["several scans", "manifest"])),
    Row("a mask as output", (["a.nii.gz", "mask.nii.gz"], ["'mask.nii.gz' is not a folder"])),
    Row("a mask as output by its option", (["a.nii.gz", "-o", "m.nii"], ["'m.nii' is not a folder"])),
    Row(
      "a value of a flag",
      (["--exceedance", "0.05", "-i", "a.nii.gz", "-o", "out"], ["'0.05' is one path too many"])),
    Row("a folder too many", (["a.nii.gz", "out", "more"], ["'more' is one path too many"])),
  ])
  func otherPathsAreRefusedWithTheHint(row: Row<([String], [String])>) throws {
    let folder = try Self.place(scans: ["a.nii.gz", "b.nii.gz", "c.nii.gz"])
    let outcome = try Self.segment(row.body.0, in: folder)
    #expect(outcome.code == 64)
    expectProblem(in: outcome, words: row.body.1)
    #expect(folder.files == ["a.nii.gz", "b.nii.gz", "c.nii.gz"])
  }

  @Test(arguments: [
    Row("a name", ("flair-aged", 0)), Row("a path", ("./flair-aged", 66)),
    Row("a path as completed", ("flair-aged/", 66)),
    Row("a folder with another name", ("mine", 0)), Row("its path", ("./mine", 0)),
    Row("neither", ("flair-agde", 66)),
  ])
  func aFolderDoesNotHideTheBundleOfItsName(row: Row<(String, Int32)>) throws {
    let folder = try Workplace.folder()
    try FileManager.default.createDirectory(at: folder / "flair-aged", withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: Cohort.bundle, to: folder / "mine")
    let outcome = try Tool.run(["bundle", "show", row.body.0], in: folder)
    #expect(outcome.code == row.body.1, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("flair-aged") == (row.name == "a name"))
  }

  @Test func whatWasUsedIsInTheOutput() throws {
    let folder = try Self.place(scans: ["a.nii.gz"])
    let outcome = try Self.segment(["a.nii.gz", "out"], in: folder), path = try Cohort.bundle.path
    #expect(outcome.log.contains("Bundle: normative, \(path)."))
    let record = try (folder / "out/segmentation.json").text()
    #expect(record.contains("\"bundleOrigin\" : \"\(path)\""))
  }
}
