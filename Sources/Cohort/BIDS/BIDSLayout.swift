import Base
package import Foundation

/// Which part of a BIDS data set is meant; everything where nothing is said.
package struct BIDSSelection: Sendable {
  /// With or without `sub-`.
  package var participants: [String] = []
  /// With or without `ses-`.
  package var sessions: [String] = []
  package var filter = BIDSFilter()

  package init(participants: [String] = [], sessions: [String] = [], filter: BIDSFilter = BIDSFilter()) {
    (self.participants, self.sessions, self.filter) = (participants, sessions, filter)
  }
}

/// The FLAIR scans of a BIDS data set: `sub-*/[ses-*/]anat/*_FLAIR.nii[.gz]`, and nothing from `derivatives/`,
/// `sourcedata/` or `code/`.
package struct BIDSLayout: Sendable {
  /// A participant with the scans that are meant, in the order of their names.
  package struct Participant: Sendable {
    /// `sub-01`.
    package let id: String
    package let scans: [BIDSScan]
    /// What there is instead, where there is no scan.
    package let missing: String
  }

  /// A scan with its name taken apart.
  package struct BIDSScan: Sendable {
    package let name: BIDSName
    package var scanCase: ScanCase
    /// What the reader of the results should know.
    package var note: String?
  }

  /// In the order of their names.
  package var participants: [Participant]

  package var scans: [BIDSScan] { participants.flatMap(\.scans) }

  /// Looks through the folder; throws a ``Problem`` where it has no such participant, session or scan.
  package init(root: URL, selection: BIDSSelection = BIDSSelection()) throws {
    let folders = try Self.folders(in: root, prefix: "sub-")
    guard !folders.isEmpty else {
      throw Problem(
        .missingInput, "the data set has no participant", at: root.path,
        advice: "participants are folders sub-LABEL; give the folder that holds them")
    }
    let chosen = try Self.choose(
      selection.participants, "sub-", "participant", among: folders.map(\.lastPathComponent), at: root)
    var found = [Anatomy]()
    for folder in folders where chosen.contains(folder.lastPathComponent) {
      found.append(try Anatomy(of: folder))
    }
    let sessions = try Self.sessions(selection.sessions, of: folders, at: root)
    participants = try found.map { try $0.participant(sessions: sessions, filter: selection.filter) }
    // A single participant without a scan is a row of the table, not a mistake of the user.
    guard !selection.participants.isEmpty || !scans.isEmpty else {
      let suffixes = Set(found.flatMap { $0.images.map(\.name.suffix) }).sorted()
      throw Problem(
        .missingInput,
        suffixes.contains(Anatomy.suffix)
          ? "no FLAIR scan fits the choice" : "the data set has no FLAIR scan",
        at: root.path,
        advice: suffixes.isEmpty
          ? "scans are sub-LABEL/[ses-LABEL/]anat/sub-LABEL_…_FLAIR.nii.gz; there is no image in such a folder"
          : "suffixes that are there: \(suffixes.joined(separator: ", ")); check labels and filter")
    }
  }

  /// The sessions that labels mean, looked for in all participants; nil where there is no label.
  private static func sessions(_ labels: [String], of participants: [URL], at root: URL) throws -> Set<
    String
  >? {
    guard !labels.isEmpty else { return nil }
    let known = try participants.flatMap { try Self.folders(in: $0, prefix: "ses-") }.map(\.lastPathComponent)
    return try choose(labels, "ses-", "session", among: Set(known).sorted(), at: root)
  }

  /// The names that labels mean, all where there is no label.
  private static func choose(
    _ labels: [String], _ prefix: String, _ kind: String, among known: [String], at root: URL
  ) throws -> Set<String> {
    let names = labels.map { $0.hasPrefix(prefix) ? $0 : prefix + $0 }
    for name in names where !known.contains(name) {
      throw Problem(
        .usage, "there is no \(kind) '\(name)'", at: root.path,
        advice: nearestName(to: name, in: known).map { "did you mean '\($0)'?" }
          ?? "there are \(known.count), such as \(known.first ?? "none")")
    }
    return Set(names.isEmpty ? known : names)
  }

  /// Folders of a folder whose names begin so, in the order of their names.
  fileprivate static func folders(in folder: URL, prefix: String) throws -> [URL] {
    try contents(of: folder).filter { $0.lastPathComponent.hasPrefix(prefix) && $0.isFolder }
  }

  fileprivate static func contents(of folder: URL) throws -> [URL] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        .map { folder.appendingPathComponent($0) }
    } catch {
      throw Problem(
        .missingInput, "the folder cannot be read", at: folder.path, advice: "check the path and its rights")
    }
  }
}

/// The anatomical images of one participant.
private struct Anatomy {
  static let suffix = "FLAIR"

  let id: String
  let images: [(name: BIDSName, url: URL)]

  init(of folder: URL) throws {
    id = folder.lastPathComponent
    var images = [(name: BIDSName, url: URL)]()
    for parent in try [folder] + BIDSLayout.folders(in: folder, prefix: "ses-") {
      let anatomy = parent.appendingPathComponent("anat")
      guard anatomy.isFolder else { continue }
      for file in try BIDSLayout.contents(of: anatomy) {
        if let name = BIDSName(file.lastPathComponent) {
          if name.isImage { images.append((name, file)) }
          if name.isImage, Self.isRaw(name) { try Self.checkPlace(of: name, file, below: parent, of: id) }
        } else if Manifest.isScan(file.lastPathComponent), Manifest.stem(file).hasSuffix("_\(Self.suffix)") {
          throw Self.misnamed(file)
        }
      }
    }
    self.images = images
  }

  func participant(sessions: Set<String>?, filter: BIDSFilter) throws -> BIDSLayout.Participant {
    let here = images.filter { image in
      sessions.map { chosen in image.name["ses"].map { chosen.contains("ses-\($0)") } == true } ?? true
    }
    let flairs = here.filter { Self.isRaw($0.name) }
    try checkUnique(flairs)
    let scans = flairs.filter { filter.accepts($0.name) }
      .map { BIDSLayout.BIDSScan(name: $0.name, scanCase: ScanCase(scan: $0.url)) }
    let suffixes = Set(here.map(\.name.suffix)).sorted().joined(separator: ", ")
    let missing =
      !flairs.isEmpty
      ? "no FLAIR scan fits the filter"
      : "no FLAIR scan" + (suffixes.isEmpty ? "" : "; there is \(suffixes)")
    return BIDSLayout.Participant(id: id, scans: scans, missing: missing)
  }

  private func checkUnique(_ flairs: [(name: BIDSName, url: URL)]) throws {
    for (first, second) in zip(flairs, flairs.dropFirst()) where first.name.prefix == second.name.prefix {
      throw Problem(
        .badData, "two files are the same scan by their names",
        at: "\(first.url.path) and \(second.url.path)",
        advice: "keep one of them")
    }
  }

  /// A scan as it came, not one that a pipeline made.
  private static func isRaw(_ name: BIDSName) -> Bool {
    name.suffix == suffix && name["desc"] == nil && name["space"] == nil
  }

  private static func checkPlace(of name: BIDSName, _ file: URL, below folder: URL, of id: String) throws {
    let session = folder.lastPathComponent == id ? nil : folder.lastPathComponent
    guard name["sub"].map({ "sub-\($0)" }) == id, name["ses"].map({ "ses-\($0)" }) == session else {
      throw misnamed(file)
    }
  }

  private static func misnamed(_ file: URL) -> Problem {
    Problem(
      .badData, "the scan's name does not fit BIDS and its folder", at: file.path,
      advice: "name it sub-LABEL_[ses-LABEL_][KEY-LABEL_]FLAIR.nii.gz with the labels of its folders")
  }
}

extension URL {
  package var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
