import ArgumentParser
import Foundation
import Norma

/// The choice of a series in a folder of DICOM files.
struct DICOMOptions: ParsableArguments {
  @Option(
    help: """
      Number of the series in a folder of DICOM files. Default: the only one that is a FLAIR by name and \
      parameters.
      """)
  var series: Int?

  /// The cohort in a file or folder; logs what was left out. A folder of DICOM files is converted into a folder
  /// below `output`, and the case is its FLAIR.
  func manifest(
    at path: String, masks: MaskPairingOptions, output: URL, console: Console
  ) throws -> Manifest {
    let source = DICOMFolder(URL(fileURLWithPath: path), without: output)
    try [source].requireSeries([series].compactMap { $0 }, at: path)
    guard let source else { return try masks.manifest(at: path, console: console).requiringScans() }
    return Manifest(
      cases: [try console.flair(of: source, series: series, below: output)], source: source.url)
  }
}

/// The choice of a series in each of two visits that may be folders of DICOM files.
struct VisitDICOMOptions: ParsableArguments {
  @Option(
    help: """
      Number of the series in folders of DICOM files; if it is given twice, the numbers in the baseline's and in \
      the follow-up's. Default: the only one that is a FLAIR by name and parameters.
      """)
  var series: [Int] = []

  /// The scan of each visit; logs what was left out. A folder of DICOM files is converted into a folder below
  /// `output`, and the scan is its FLAIR.
  ///
  /// - Throws: A ``Problem`` of kind `usage` for a visit of several scans.
  func scans(of visits: [String], output: URL, console: Console) throws -> [ScanCase] {
    let sources = visits.map { DICOMFolder(URL(fileURLWithPath: $0), without: output) }
    try sources.requireSeries(series, at: visits.joined(separator: " and "))
    let folders = sources.compactMap { $0?.url.resolvingSymlinksInPath() }
    let areNamedAlike = Set(folders.map { ScanCase(scan: $0).id }).count < Set(folders).count
    return try visits.indices.map { visit in
      if let source = sources[visit] {
        return try console.flair(
          of: source, series: series.count > 1 ? series[visit] : series.first, below: output,
          suffix: areNamedAlike ? "_\(["baseline", "followup"][visit])" : "")
      }
      let cases = try console.scans(at: visits[visit]).cases
      guard cases.count == 1 else {
        throw Problem(
          .usage, "a visit is one scan, not \(cases.count)", at: visits[visit],
          advice: "give the scan of that visit")
      }
      return cases[0]
    }
  }
}

extension [DICOMFolder?] {
  /// Throws a ``Problem`` of kind `usage` if more numbers of series are given than there are folders of DICOM files.
  fileprivate func requireSeries(_ numbers: [Int], at place: String) throws {
    let folders = count { $0 != nil }
    guard numbers.count > folders else { return }
    throw Problem(
      .usage,
      folders == 0
        ? "--series is for a folder of DICOM files"
        : "--series is given \(numbers.count) times for \(folders == 1 ? "one folder" : "two folders") of DICOM",
      at: place, advice: folders == 0 ? "leave out --series" : "give it once per folder at most")
  }
}

extension Console {
  /// Converts a folder of DICOM files and returns its FLAIR, or the series of a number; logs the command, its
  /// warnings and the choice. The converted files go into a folder below `output` with the name of the case and a
  /// suffix.
  fileprivate func flair(
    of source: DICOMFolder, series: Int?, below output: URL, suffix: String = ""
  ) throws -> ScanCase {
    var scan = ScanCase(scan: source.url)
    let folder = output.appendingPathComponent("converted").appendingPathComponent(scan.id + suffix)
    let (all, warnings) = try DICOMConversion(of: source, into: folder).series {
      log("Converting DICOM: \($0.shellLine)")
    }
    for warning in warnings { log("dcm2niix: \(warning)") }
    let chosen = try all.chosen(number: series, of: source.url)
    log("Series \(chosen.text) of \(all.count): \(chosen.image.path)")
    scan.image = chosen.image
    return scan
  }
}
