import Base
public import Foundation

extension Manifest {
  /// Lists the cases of a scan, a manifest (.tsv) or a folder of scans.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is no such file or no scan, `badData` for DICOM
  ///   files, a bad manifest or two scans of one name.
  public init(discovering url: URL) throws {
    var isFolder: ObjCBool = false
    var status = stat()
    // A link to nothing is reported when the scan is read.
    guard
      FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        || lstat(url.path, &status) == 0
    else {
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
      guard !DICOMFolder.isDICOM(url) else {
        throw Problem(
          .badData, "the file is DICOM", at: url.path,
          advice: "give the folder of the series: \(url.deletingLastPathComponent().path)")
      }
      guard !NormaOutput.contains(url) else {
        throw Problem(
          .badData, "the file is not a scan: Norma wrote it", at: url.path,
          advice: "give the scan that it was made from, or the manifest of preprocessed scans")
      }
      self.init(cases: [ScanCase(scan: url)], source: url)
    }
  }

  /// Lists the scans below a folder: those whose names say FLAIR, or all if none does. Hidden files, masks and
  /// what Norma wrote are left out; a folder that cannot be read becomes a case that fails.
  private init(folder: URL) throws {
    let root = folder.standardizedFileURL
    let (paths, unreadable, linked) = FileTree(root).listing()
    if let reason = unreadable.first(where: { $0.folder.isEmpty })?.reason {
      throw Problem(
        .missingInput, "the folder cannot be read: \(reason)", at: folder.path,
        advice: "check its permissions")
    }
    let found = paths.filter { Self.isScan($0) && !"/\($0)".contains("/derivatives/") }.sorted()
      .map { root.appendingPathComponent($0) }
    let (own, others) = found.divided(by: NormaOutput.contains)
    let (masks, unmasked) = others.divided { ScanName($0).isMask }
    let (parts, images) = unmasked.divided { ScanName($0).isComplexPart }
    let (flairs, rest) = images.divided { ScanName($0).isFLAIR && !ScanName($0).isDerivative }
    let scans = (flairs.isEmpty ? images : flairs).map(ScanCase.init(scan:))
    try Self.requireScans(
      !scans.isEmpty || !unreadable.isEmpty, own: own, masks: masks, linked: linked, in: folder)
    try Self.requireUnique(scans)
    self.init(
      cases: scans + unreadable.map { ScanCase(unreadable: $0.folder, below: root, reason: $0.reason) },
      source: folder)
    notes = [
      Self.leftOut(own, "that Norma wrote", below: root),
      Self.leftOut(masks, "with names of masks", below: root),
      Self.leftOut(parts, "with names of phase, real or imaginary images", below: root),
      Self.leftOut(linked.map(root.appendingPathComponent), "linking to folders", below: root),
      Self.leftOut(flairs.isEmpty ? [] : rest, "whose names do not say FLAIR", below: root),
    ].compactMap { $0 }
  }

  private static func requireScans(
    _ hasScans: Bool, own: [URL], masks: [URL], linked: [String], in folder: URL
  ) throws {
    guard !hasScans else { return }
    let manifest = folder.appendingPathComponent("manifest.tsv")
    guard own.isEmpty else {
      throw Problem(
        .missingInput, "the folder contains no scan, only files that Norma wrote", at: folder.path,
        advice: FileManager.default.fileExists(atPath: manifest.path)
          ? "give its manifest instead: \(manifest.path)" : "give the scans that they were made from")
    }
    guard masks.isEmpty else {
      throw Problem(
        .missingInput, "the folder contains no scan, only files with names of masks", at: folder.path,
        advice: "rename scans whose names end in '\(stem(masks[0]).suffix(4))', or list them in a manifest")
    }
    guard DICOMFolder(folder) == nil else {
      throw Problem(
        .badData, "the folder contains DICOM files", at: folder.path,
        advice:
          "norma segment, preprocess, check-scanner and compare-visits convert them; for other commands "
          + "convert them first: "
          + ["dcm2niix", "-z", "y", "-f", "%p_%s", "-o", "NIFTI_FOLDER", folder.path].shellLine)
    }
    guard linked.isEmpty else {
      throw Problem(
        .missingInput, "the folder contains no scan, only links to folders, which are not followed",
        at: folder.path,
        advice: "give the folder that '\(linked[0])' links to, or list the scans in a manifest")
    }
    throw Problem(
      .missingInput, "the folder contains no scan", at: folder.path,
      advice: "names of scans end in .nii, .nii.gz or .png; convert DICOM files with dcm2niix first")
  }

  private static func requireUnique(_ scans: [ScanCase]) throws {
    var seen = [String: URL]()
    for scan in scans {
      if let other = seen.updateValue(scan.image, forKey: scan.id) {
        throw Problem(
          .badData, "two scans have the same case name '\(scan.id)'",
          at: "\(other.path) and \(scan.image.path)",
          advice: "rename one, or list them in a manifest with session_id")
      }
    }
  }

  /// Names the files that were left out; nil for none.
  private static func leftOut(_ files: [URL], _ kind: String, below root: URL) -> String? {
    guard !files.isEmpty else { return nil }
    let named = files.prefix(5).map { $0.path(relativeTo: root).visible }.joined(separator: ", ")
    let more = files.count > 5 ? " and \(files.count - 5) more" : ""
    return "left out \(files.count == 1 ? "1 file" : "\(files.count) files") \(kind): \(named)\(more)"
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
    requireUsableName()
  }

  /// Creates the case of a folder whose files are not known; it fails with the reason.
  fileprivate init(unreadable folder: String, below root: URL, reason: String) {
    self.init(scan: root.appendingPathComponent(folder))
    id = folder.replacing("/", with: "_").visible + " (folder)"
    problem = Problem(
      .missingInput, "the folder cannot be read: \(reason)", at: image.path.visible,
      advice: "check its permissions, or move it elsewhere; the scans in it were left out")
  }

  /// Gives a case whose name cannot be that of its results another id and a problem.
  private mutating func requireUsableName() {
    if id.utf8.count > CaseFiles.longestCaseID {
      problem = Problem(
        .badData, "the name of the scan is longer than \(CaseFiles.longestCaseID) bytes",
        at: image.path.visible,
        advice: "rename the file, because its name becomes that of its results")
      let start = String.UnicodeScalarView(id.unicodeScalars.prefix(20))
      id = "\(String(start))-\(Digest.of(Data(id.utf8)).prefix(8))"
      participantID = id
    }
    if image.path.visible != image.path {
      problem = Problem(
        .badData, "the path of the scan contains a tab, a line break or another control character",
        at: image.path.visible, advice: "rename the file or folder")
      (id, participantID) = (id.visible, participantID.visible)
    }
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

extension String {
  /// The text with control characters as percent codes, such as `%09` for a tab.
  fileprivate var visible: String {
    unicodeScalars.map { scalar in
      guard scalar.properties.generalCategory == .control else { return String(scalar) }
      return String(scalar).utf8.map { ($0 < 16 ? "%0" : "%") + String($0, radix: 16, uppercase: true) }
        .joined()
    }.joined()
  }
}

extension Sequence {
  /// Returns the elements that satisfy a condition, and the others.
  fileprivate func divided(by isFirst: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
