package import Base
package import Foundation

/// The selected part of a BIDS data set; by default, all of it.
package struct BIDSSelection: Sendable {
  /// Labels with or without `sub-`; empty for all participants.
  package var participants: [String] = []
  /// Labels with or without `ses-`; empty for all sessions.
  package var sessions: [String] = []
  package var filter = BIDSFilter()
  /// Whether the T1w of a session is left out.
  package var ignoresT1w = false

  package init(
    participants: [String] = [], sessions: [String] = [], filter: BIDSFilter = BIDSFilter(),
    ignoresT1w: Bool = false
  ) {
    (self.participants, self.sessions, self.filter) = (participants, sessions, filter)
    self.ignoresT1w = ignoresT1w
  }
}

/// The FLAIR scans of a BIDS data set: `sub-*/[ses-*/]anat/*_FLAIR.nii[.gz]`, without those in
/// `derivatives/`, `sourcedata/` and `code/`.
package struct BIDSLayout: Sendable {
  /// A participant and the selected scans, in the order of their names.
  package struct Participant: Sendable {
    /// The id, such as `sub-01`.
    package let id: String
    package let scans: [BIDSScan]
    /// The message for a participant without a scan.
    package let missing: String
  }

  /// A scan and its parsed name.
  package struct BIDSScan: Sendable {
    package let name: BIDSName
    package var scanCase: ScanCase
    /// A remark for the report.
    package var note: String?
  }

  /// The participants in the order of their names.
  package var participants: [Participant]

  /// The files that were left out because of their names.
  package let leftOut: [Problem]

  package var scans: [BIDSScan] { participants.flatMap(\.scans) }

  /// Lists the selected scans.
  ///
  /// - Throws: A ``Problem`` of kind `usage` if a selected participant or session does not exist,
  ///   `missingInput` if no scan is found, `badData` if all have names that are not BIDS or occur twice.
  package init(root: URL, selection: BIDSSelection = BIDSSelection()) throws {
    let ignored = BIDSIgnore(of: root)
    let folders = try Self.folders(in: root, prefix: "sub-").filter {
      !ignored.ignores($0.lastPathComponent, isFolder: true)
    }
    guard !folders.isEmpty else {
      throw Problem(
        .missingInput, "the data set has no participants", at: root.path,
        advice: "give the folder that contains the folders sub-LABEL of the participants")
    }
    let chosen = try Self.choose(
      selection.participants, "sub-", "participant", among: folders.map(\.lastPathComponent), at: root)
    var found = [Anatomy]()
    for folder in folders where chosen.contains(folder.lastPathComponent) {
      found.append(try Anatomy(of: folder, ignored: ignored))
    }
    let sessions = try Self.sessions(selection.sessions, of: folders, at: root)
    participants = try found.map { try $0.participant(sessions: sessions, selection) }
    leftOut = found.flatMap(\.leftOut)
    // A selected participant without a scan becomes a row of the table, not an error.
    guard !selection.participants.isEmpty || !scans.isEmpty else {
      if let problem = leftOut.first { throw problem }
      let suffixes = Set(found.flatMap { $0.images.map(\.name.suffix) }).sorted()
      throw Problem(
        .missingInput,
        suffixes.contains(Anatomy.suffix)
          ? "no FLAIR scan matches the selection" : "the data set has no FLAIR scans",
        at: root.path,
        advice: suffixes.isEmpty
          ? "name scans sub-LABEL/[ses-LABEL/]anat/sub-LABEL_…_FLAIR.nii.gz; no anat folder has an image"
          : "check labels and filter; the data set has the suffixes \(suffixes.joined(separator: ", "))")
    }
  }

  /// Returns the sessions with these labels among all participants; nil without labels.
  private static func sessions(_ labels: [String], of participants: [URL], at root: URL) throws -> Set<
    String
  >? {
    guard !labels.isEmpty else { return nil }
    let known = try participants.flatMap { try Self.folders(in: $0, prefix: "ses-") }.map(\.lastPathComponent)
    return try choose(labels, "ses-", "session", among: Set(known).sorted(), at: root)
  }

  /// Returns the names with these labels, or all names without labels.
  private static func choose(
    _ labels: [String], _ prefix: String, _ kind: String, among known: [String], at root: URL
  ) throws -> Set<String> {
    let names = labels.map { $0.hasPrefix(prefix) ? $0 : prefix + $0 }
    for name in names where !known.contains(name) {
      throw Problem(
        .usage, "the data set has no \(kind) '\(name)'", at: root.path,
        advice: nearestName(to: name, in: known).map { "did you mean '\($0)'?" }
          ?? "it has \(known.count)\(known.first.map { ", such as \($0)" } ?? "")")
    }
    return Set(names.isEmpty ? known : names)
  }

  /// Returns the subfolders whose names have this prefix, in order.
  fileprivate static func folders(in folder: URL, prefix: String) throws -> [URL] {
    try contents(of: folder).filter { $0.lastPathComponent.hasPrefix(prefix) && $0.isFolder }
  }

  fileprivate static func contents(of folder: URL) throws -> [URL] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { !$0.hasPrefix(".") }.sorted()
        .map { folder.appendingPathComponent($0) }
    } catch {
      throw Problem(
        .missingInput, "the folder cannot be read", at: folder.path,
        advice: "check the path and permissions")
    }
  }
}

/// The anatomical images of one participant.
private struct Anatomy {
  static let suffix = "FLAIR"

  let id: String
  let images: [(name: BIDSName, url: URL)]
  let leftOut: [Problem]

  init(of folder: URL, ignored: BIDSIgnore) throws {
    id = folder.lastPathComponent
    let root = folder.deletingLastPathComponent()
    var images = [(name: BIDSName, url: URL)](), leftOut = [Problem]()
    for parent in try [folder] + BIDSLayout.folders(in: folder, prefix: "ses-") {
      let anatomy = parent.appendingPathComponent("anat")
      guard anatomy.isFolder else { continue }
      for file in try BIDSLayout.contents(of: anatomy) where !ignored.ignores(file.path(relativeTo: root)) {
        if let name = BIDSName(file.lastPathComponent) {
          guard name.isImage else { continue }
          if Self.isRaw(name), !Self.isPlaced(name, below: parent, of: id) {
            leftOut.append(Self.misnamed(file))
          } else {
            images.append((name, file))
          }
        } else if Manifest.isScan(file.lastPathComponent), Manifest.stem(file).hasSuffix("_\(Self.suffix)") {
          leftOut.append(Self.misnamed(file))
        }
      }
    }
    // Of two files of one scan, neither is known to be the right one.
    let twins = Dictionary(grouping: images.filter { Self.isRaw($0.name) }, by: \.name.prefix).filter {
      $0.value.count > 1
    }
    leftOut += twins.sorted { $0.key < $1.key }.map { Self.repeated($0.value.map(\.url)) }
    self.leftOut = leftOut
    self.images = images.filter { !Self.isRaw($0.name) || twins[$0.name.prefix] == nil }
  }

  func participant(sessions: Set<String>?, _ selection: BIDSSelection) throws -> BIDSLayout.Participant {
    let filter = selection.filter
    let selected = images.filter { image in
      sessions.map { chosen in image.name["ses"].map { chosen.contains("ses-\($0)") } == true } ?? true
    }
    let flairs = selected.filter { Self.isRaw($0.name) }
    let t1ws = selected.filter {
      !selection.ignoresT1w && Self.isRaw($0.name, suffix: "T1w") && filter.accepts($0.name)
    }
    let scans = flairs.filter { filter.accepts($0.name) }.map { flair in
      var scan = BIDSLayout.BIDSScan(name: flair.name, scanCase: ScanCase(scan: flair.url))
      let ofSession = t1ws.filter { $0.name["ses"] == flair.name["ses"] }
      // Preferably without a contrast agent and with the same entities, such as the run.
      scan.scanCase.t1w =
        ofSession.min { $0.name.strangeness(to: flair.name) < $1.name.strangeness(to: flair.name) }?.url
      if ofSession.count > 1, let used = scan.scanCase.t1w {
        scan.note = "Of \(ofSession.count) T1w scans, \(used.lastPathComponent) is used."
      }
      return scan
    }
    let suffixes = Set(selected.map { $0.name.suffix + ($0.name["part"].map { " (part-\($0))" } ?? "") })
      .sorted().joined(separator: ", ")
    let names = leftOut.map { $0.location.split(separator: "/").last.map(String.init) ?? $0.location }
    let missing =
      !flairs.isEmpty
      ? "no FLAIR scan matches the filter"
      : "no FLAIR scan" + (suffixes.isEmpty ? "" : ", only \(suffixes)")
        + (names.isEmpty ? "" : "; left out because of the name: \(names.joined(separator: ", "))")
    return BIDSLayout.Participant(id: id, scans: scans, missing: missing)
  }

  private static func repeated(_ files: [URL]) -> Problem {
    Problem(
      .badData, "two files have the name of the same scan", at: files.map(\.path).joined(separator: " and "),
      advice: "keep one of them")
  }

  /// Returns true for a raw image of magnitudes, false for a derivative or a phase.
  private static func isRaw(_ name: BIDSName, suffix: String = suffix) -> Bool {
    name.suffix == suffix && name["desc"] == nil && name["space"] == nil
      && [nil, "mag"].contains(name["part"])
  }

  private static func isPlaced(_ name: BIDSName, below folder: URL, of id: String) -> Bool {
    let session = folder.lastPathComponent == id ? nil : folder.lastPathComponent
    return name["sub"].map { "sub-\($0)" } == id && name["ses"].map { "ses-\($0)" } == session
  }

  private static func misnamed(_ file: URL) -> Problem {
    Problem(
      .badData, "the name of the scan is not a BIDS name that matches its folder", at: file.path,
      advice: "name it sub-LABEL_[ses-LABEL_][KEY-LABEL_]FLAIR.nii.gz with the labels of its folders")
  }
}

extension URL {
  package var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
