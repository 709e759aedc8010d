import Base
public import Foundation

extension Manifest {
  /// Lists the cases of a scan, a manifest (.tsv) or a folder of scans.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is no such file or no scan, `badData` for DICOM
  ///   files, a bad manifest or two scans of one name.
  public init(discovering url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw Problem(
        .missingInput, "there is no such file or folder", at: url.path, advice: "check the path")
    }
    if isFolder.boolValue {
      try self.init(folder: url)
    } else if url.pathExtension.lowercased() == "tsv" {
      try self.init(contentsOf: url)
    } else if ["csv", "txt", "xls", "xlsx", "ods"].contains(url.pathExtension.lowercased()) {
      throw Problem(
        .badData, "a manifest is a table with tabs whose name ends in .tsv", at: url.path,
        advice: "save the table as tab-separated text with that ending: columns "
          + "\(Self.requiredColumns.joined(separator: ", ")) and others; n/a for what is missing")
    } else {
      self.init(cases: [ScanCase(scan: url)], source: url)
    }
  }

  /// Lists the `*_FLAIR` files below a folder, or all scans if there are none. Hidden files are skipped.
  private init(folder: URL) throws {
    let root = folder.standardizedFileURL
    let files = FileTree(root).filter { Self.isScan($0) && !"/\($0)".contains("/derivatives/") }
      .map { root.appendingPathComponent($0) }
      .sorted { $0.path < $1.path }
    let flairs = files.filter {
      Self.stem($0).lowercased().hasSuffix("_flair") && !Self.stem($0).contains("_desc-")
    }
    let scans = (flairs.isEmpty ? files : flairs).map(ScanCase.init(scan:))
    guard !scans.isEmpty || !Self.holdsDICOM(folder) else {
      throw Problem(
        .badData, "the folder contains DICOM files", at: folder.path,
        advice: "convert them first: dcm2niix -z y -f %p_%s -o NIFTI_FOLDER '\(folder.path)'")
    }
    guard !scans.isEmpty else {
      throw Problem(
        .missingInput, "the folder contains no scan", at: folder.path,
        advice: "names of scans end in .nii, .nii.gz or .png; convert DICOM files with dcm2niix first")
    }
    var seen = [String: URL]()
    for scan in scans {
      if let other = seen.updateValue(scan.image, forKey: scan.id) {
        throw Problem(
          .badData, "two scans have the same case name '\(scan.id)'",
          at: "\(other.path) and \(scan.image.path)",
          advice: "rename one, or list them in a manifest with session_id")
      }
    }
    self.init(cases: scans, source: folder)
  }

  /// Returns true if one of the first 100 files is DICOM by its extension or its magic number.
  private static func holdsDICOM(_ folder: URL) -> Bool {
    let files = FileTree(folder).lazy.map { folder.appendingPathComponent($0) }
    let regular = files.filter {
      (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
    }
    for file in regular.prefix(100) {
      if ["dcm", "ima"].contains(file.pathExtension.lowercased()) { return true }
      guard let handle = try? FileHandle(forReadingFrom: file) else { continue }
      defer { try? handle.close() }
      if let start = try? handle.read(upToCount: 132), start.dropFirst(128) == Data("DICM".utf8) {
        return true
      }
    }
    return false
  }

  static func isScan(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".nii", ".nii.gz", ".png"].contains { name.hasSuffix($0) }
  }

  /// Returns the name of a file without `.nii.gz`, `.nii` or `.png`.
  package static func stem(_ url: URL) -> String {
    let name = url.lastPathComponent
    let ending = [".nii.gz", ".nii", ".png"].first { name.lowercased().hasSuffix($0) } ?? ""
    return String(name.dropLast(ending.count))
  }
}

extension ScanCase {
  /// Creates a case from the name of a file. Participant and session are its BIDS entities `sub-` and `ses-`;
  /// without them, the participant is the name without its suffix.
  public init(scan url: URL) {
    let stem = Manifest.stem(url)
    let entities = stem.split(separator: "_").map(String.init)
    let participant = entities.first { $0.hasPrefix("sub-") }
    self.init(
      participantID: participant ?? stem, sessionID: entities.first { $0.hasPrefix("ses-") }, image: url)
    id = stem
    if let suffix, ["FLAIR", "T1w"].contains(suffix) { id = String(stem.dropLast(suffix.count + 1)) }
    if participant == nil { participantID = id }
  }

  /// The BIDS suffix of the image, or nil if its name ends in none.
  package var suffix: String? {
    let stem = Manifest.stem(image).lowercased()
    return Self.suffixes.first { stem.hasSuffix("_\($0)".lowercased()) }
  }

  package static let suffixes = [
    "FLAIR", "T1w", "T2w", "PDw", "T2star", "T2starw", "inplaneT1", "inplaneT2", "angio", "swi", "dwi",
    "bold", "asl", "CT",
  ]
}
