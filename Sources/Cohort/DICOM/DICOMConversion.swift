import Base
package import Foundation

/// dcm2niix, and what it made of a folder of DICOM files.
package struct DICOMConversion: Sendable {
  private let program: URL
  private let source: DICOMFolder
  private let folder: URL

  /// - Parameters:
  ///   - source: The folder of DICOM files.
  ///   - folder: The folder of the NIfTI files, which belongs to this conversion alone.
  /// - Throws: A ``Problem`` of kind `missingLibrary` if dcm2niix is not installed.
  package init(of source: DICOMFolder, into folder: URL) throws {
    guard let program = InstalledProgram.first(of: ["dcm2niix"]) else {
      throw Problem(
        .missingLibrary,
        "the folder contains DICOM files, and dcm2niix, which converts them, is not installed",
        at: source.url.path,
        advice: "install it with apt install dcm2niix, brew install dcm2niix or pip install dcm2niix, "
          + "or give the FLAIR as NIfTI")
    }
    (self.program, self.source, self.folder) = (program, source, folder.standardizedFileURL)
  }

  /// The command and its options, without the folders: compressed, with anonymised sidecars, named by number and
  /// description of the series.
  private static let options = ["-z", "y", "-b", "y", "-ba", "y", "-d", "9", "-f", "%s_%d"]
  private static let recordName = "conversion.json", outputName = "dcm2niix.txt"

  /// Returns the series, which are converted unless an equal conversion is there.
  ///
  /// - Parameter onStart: Gets the words of the command before it runs.
  /// - Returns: The series by their numbers, and the warnings of dcm2niix.
  /// - Throws: A ``Problem`` of kind `badData` if dcm2niix fails or writes no image.
  package func series(
    onStart: ([String]) -> Void
  ) throws -> (series: [DICOMSeries], warnings: [String]) {
    let command = [program.path] + Self.options + ["-o", folder.path, source.url.path]
    let record = Record(command: command, version: try version(), digest: source.digest)
    if Record(json: folder.appendingPathComponent(Self.recordName)) != record {
      onStart(command)
      try convert(record)
    }
    let output =
      (try? String(contentsOf: folder.appendingPathComponent(Self.outputName), encoding: .utf8)) ?? ""
    let images = FileTree(folder).filter { $0.hasSuffix(".nii.gz") }.sorted()
    let series = images.map { DICOMSeries(image: folder.appendingPathComponent($0)) }
    return (
      series.sorted { ($0.number, $0.image.path) < ($1.number, $1.image.path) },
      Self.lines(of: output) { $0.hasPrefix("Warning") || $0.hasPrefix("Error") }
    )
  }

  /// Runs the command; its record is written last.
  private func convert(_ record: Record) throws {
    try AtomicFile.remove(folder)
    try AtomicFile.makeFolder(folder)
    let (status, output) = try run(Array(record.command.dropFirst()))
    let hasImage = FileTree(folder).contains { $0.hasSuffix(".nii.gz") }
    // With the status 8 some files were converted and others were not, which its warnings say.
    guard hasImage, status == 0 || status == 8 else {
      try AtomicFile.remove(folder)
      let said = Self.lines(of: output) { !$0.isEmpty }.suffix(3).joined(separator: " ")
      throw Problem(
        .badData, "dcm2niix failed with status \(status): \(said)", at: source.url.path,
        advice: "run it by hand to see more: \(record.command.shellLine); then give the FLAIR as NIfTI")
    }
    try AtomicFile.write(output, to: folder.appendingPathComponent(Self.outputName))
    try AtomicFile.write(json: record, to: folder.appendingPathComponent(Self.recordName))
  }

  /// The version, such as v1.0.20220720.
  private func version() throws -> String {
    try run(["--version"]).output.firstMatch(of: /v\d[\d.]*\d/).map { String($0.output) } ?? "unknown"
  }

  private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process(), pipe = Pipe()
    (process.executableURL, process.arguments) = (program, arguments)
    (process.standardInput, process.standardOutput, process.standardError) = (
      FileHandle.nullDevice, pipe, pipe
    )
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static func lines(of output: String, where isIncluded: (String) -> Bool) -> [String] {
    output.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter(
      isIncluded)
  }

  /// What decides whether a conversion is up to date.
  private struct Record: Codable, Equatable {
    let command: [String]
    let version: String
    /// The digest of the names, sizes and dates of the DICOM files.
    let digest: String

    enum CodingKeys: String, CodingKey {
      case command = "Command"
      case version = "ConversionSoftwareVersion"
      case digest = "SourceDigest"
    }
  }
}
