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
    let url = URL(fileURLWithPath: path)
    guard let source = DICOMFolder(url, without: output) else {
      guard series == nil else {
        throw Problem(
          .usage, "--series is for a folder of DICOM files", at: path, advice: "leave out --series")
      }
      return try masks.manifest(at: path, console: console).requiringScans()
    }
    let id = ScanCase(scan: source.url).id
    let folder = output.appendingPathComponent("converted").appendingPathComponent(id)
    let (all, warnings) = try DICOMConversion(of: source, into: folder).series {
      console.log("Converting DICOM: \($0.shellLine)")
    }
    for warning in warnings { console.log("dcm2niix: \(warning)") }
    let chosen = try all.chosen(number: series, of: source.url)
    console.log("Series \(chosen.text) of \(all.count): \(chosen.image.path)")
    return Manifest(cases: [ScanCase(participantID: id, image: chosen.image)], source: url)
  }
}
