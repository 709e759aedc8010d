import _TestSupport
import Foundation
import Testing
import Volumes

/// The same input, bundle and threads give the same bytes in every process and folder; other threads nearly the same.
@Suite struct DeterminismTests {
  /// Segments the two patients and gives the folder of the results.
  private func segment(_ preset: String, threads: Int) throws -> URL {
    let out = try Workplace.folder()
    try Tool.succeed([
      "segment", "-i", Cohort.manifest.path, "--split", "test", "-o", out.path, "--bundle",
      Cohort.run(preset).path + "/bundle", "--exceedance", "--threads", "\(threads)",
    ])
    return out
  }

  @Test(arguments: Cohort.presets, [1, 2])
  func twoProcessesGiveTheSameBytes(preset: String, threads: Int) throws {
    let first = try segment(preset, threads: threads), second = try segment(preset, threads: threads)
    let files = first.files.filter { $0 != "report.html" }
    #expect(files == second.files.filter { $0 != "report.html" })
    #expect(
      ["_mask.nii.gz", "_desc-anomaly_FLAIR.nii.gz", "_dseg.tsv", "cases.tsv"].allSatisfy { ending in
        files.contains { $0.hasSuffix(ending) }
      })
    for file in files {
      #expect(try (first / file).untimed() == (second / file).untimed(), "\(file)")
      guard file.hasSuffix(".gz") else { continue }
      // Bytes 4 to 7 of a gzip file are its time, byte 3 says whether there is a name.
      #expect(try Data(contentsOf: first / file).dropFirst(3).prefix(5).allSatisfy { $0 == 0 }, "\(file)")
    }
  }

  @Test(arguments: Cohort.presets)
  func moreThreadsGiveNearlyTheSameMap(preset: String) throws {
    let one = try segment(preset, threads: 1), two = try segment(preset, threads: 2)
    for row in try TSV(one / "cases.tsv").rows {
      let map = try #require(row["anomaly_map"])
      let scores = try [one, two].map { try NIfTI.read($0 / map).voxels }
      let largest = try #require(scores[0].max())
      let difference = zip(scores[0], scores[1]).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(largest > 0 && difference <= 1e-6 * largest, "\(map): \(difference) of \(largest)")
    }
  }
}
