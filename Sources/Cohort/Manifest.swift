public import Base
public import Foundation
import Volumes

/// A split of a cohort; each participant belongs to only one.
public enum Split: String, Codable, Hashable, Sendable, CaseIterable {
  case train, validation, test
}

/// One scan of a cohort and the files that belong to it.
public struct ScanCase: Hashable, Sendable {
  /// A unique name in the cohort: `sub-01`, `sub-01_ses-1`, or the file name without extension.
  public var id: String
  /// The participant who was scanned.
  public var participantID: String
  /// The session, or nil if the participant has only one.
  public var sessionID: String?
  /// The scan.
  public var image: URL
  /// The lesion mask drawn by an expert; nil if unknown.
  public var lesionMask: URL?
  /// The brain mask; nil if every non-zero voxel is brain.
  public var brainMask: URL?
  /// A T1-weighted scan of the same head, of the same session if possible; nil without one.
  public var t1w: URL?
  /// The ITK transform file between the scan and the template; nil if the scan is not registered or already
  /// in template space.
  public var templateTransform: URL?
  /// The template-space z in mm of an image without position, such as a PNG slice.
  public var z: Double?
  /// The way in which the masks are read.
  public var maskReading = MaskReading()
  /// True if the image is an output of `norma preprocess`, which needs no further preprocessing.
  public var isPreprocessed = false
  /// The split; nil if not yet assigned.
  public var split: Split?
  /// The reason why the case cannot be processed, if it is known before the image is read.
  public internal(set) var problem: Problem?

  /// Creates the case of a row of a manifest; `sessionID` becomes part of the id.
  public init(
    participantID: String, sessionID: String? = nil, image: URL, lesionMask: URL? = nil,
    brainMask: URL? = nil, t1w: URL? = nil, templateTransform: URL? = nil, z: Double? = nil,
    split: Split? = nil
  ) {
    self.id = sessionID.map { "\(participantID)_\($0)" } ?? participantID
    self.participantID = participantID
    self.sessionID = sessionID
    self.image = image
    self.lesionMask = lesionMask
    self.brainMask = brainMask
    self.t1w = t1w
    self.templateTransform = templateTransform
    self.z = z
    self.split = split
  }
}

/// A cohort: the rows of a TSV file, or the scans found in a folder.
public struct Manifest: Sendable {
  /// The scans in the order of the source.
  public var cases: [ScanCase]
  /// The anatomies from which scans are synthesised, in the order of the source.
  public var anatomies: [AnatomyCase]
  /// The file or folder of the cohort, for messages.
  public var source: URL
  /// Remarks on files that were left out, in sentences.
  public internal(set) var notes: [String] = []
  /// The reading of masks that was chosen for the whole cohort, besides that of its rows.
  public internal(set) var maskReading: MaskReading?

  /// Creates a cohort from cases.
  public init(cases: [ScanCase], anatomies: [AnatomyCase] = [], source: URL) {
    (self.cases, self.anatomies, self.source) = (cases, anatomies, source)
  }

  static let requiredColumns = ["participant_id", "image"]
  static let optionalColumns = [
    "lesion_mask", "brain_mask", "template_transform", "level", "split", "session_id", "lesion_label",
    "mask_pairing", "t1w",
  ]
  /// The column that replaces `image` in the rows of anatomies.
  static let anatomyColumn = "anatomy"
  /// The columns that describe a scan.
  private static let scanColumns = [
    "lesion_mask", "brain_mask", "template_transform", "level", "lesion_label", "mask_pairing", "t1w",
  ]

  /// Reads a TSV manifest with paths relative to its folder.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput`, or `badData` with the line and the column.
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url) else {
      throw Problem(
        .missingInput, "the manifest cannot be read", at: url.path,
        advice: "check the path and permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Problem(
        .badData, "the manifest is not UTF-8 text", at: url.path, advice: "save it as tab-separated UTF-8")
    }
    try self.init(text: text, source: url)
    let folder = url.deletingLastPathComponent()
    let settings = folder.appendingPathComponent(CaseFiles.preprocessingSettings)
    guard FileManager.default.fileExists(atPath: settings.path) else { return }
    // Another manifest in the same folder may list raw scans.
    for index in cases.indices {
      let file = folder.appendingPathComponent(CaseFiles(of: cases[index]).preprocessed)
      cases[index].isPreprocessed = cases[index].image.path == file.absoluteURL.standardizedFileURL.path
    }
  }

  /// Parses the text of a TSV manifest; relative paths start at the folder of `source`.
  ///
  /// - Throws: A ``Problem`` of kind `badData` with the line and the column.
  package init(text: String, source: URL) throws {
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    guard let header = lines.first?.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    else {
      throw Problem(
        .badData, "the manifest is empty", at: source.path, advice: "give it a header and one row per scan")
    }
    for column in Self.requiredColumns
    where !header.contains(column) && !(column == "image" && header.contains(Self.anatomyColumn)) {
      let similar = nearestName(to: column, in: header).map { ", but a column '\($0)'" } ?? ""
      throw Problem(
        .badData, "the manifest has no column '\(column)'\(similar)", at: "\(source.path), line 1",
        advice: "columns: \(Self.requiredColumns.joined(separator: ", ")); optional: "
          + "\((Self.optionalColumns + [Self.anatomyColumn]).joined(separator: ", ")); separated by tabs")
    }
    if let column = header.first(where: { name in !name.isEmpty && header.filter { $0 == name }.count > 1 }) {
      throw Problem(
        .badData, "the manifest has the column '\(column)' twice", at: "\(source.path), line 1",
        advice: "keep one of them")
    }
    (self.source, cases, anatomies) = (source, [], [])
    let folder = source.deletingLastPathComponent()
    var participants = Participants()
    for (number, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let location = "\(source.path), line \(number + 1)"
      guard cells.count == header.count else {
        throw Problem(
          .badData, "the row has \(cells.count) cells, but the header has \(header.count)", at: location,
          advice: "write n/a into empty cells and keep the tabs")
      }
      let row = Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
      let entry = try Self.entry(row, relativeTo: folder, location: location)
      switch entry {
      case .scan(let scan):
        try participants.add(scan.participantID, scan.split, id: scan.id, kind: "scan", location: location)
        cases.append(scan)
      case .anatomy(let anatomy):
        // The template is not the brain of one person, so it may be in two splits.
        let isTemplate = anatomy.source == .template, split = anatomy.split
        try participants.add(
          anatomy.participantID, isTemplate ? nil : split, id: anatomy.id,
          kind: "anatomy" + (isTemplate ? " \(split?.rawValue ?? "")" : ""), location: location)
        anatomies.append(anatomy)
      }
    }
    guard !cases.isEmpty || !anatomies.isEmpty else {
      throw Problem(.badData, "the manifest lists no scan", at: source.path, advice: "add one row per scan")
    }
  }

  private enum Entry {
    case scan(ScanCase)
    case anatomy(AnatomyCase)
  }

  private static func entry(_ row: [String: String], relativeTo folder: URL, location: String) throws -> Entry
  {
    let nothing = Set(["na", "nan", "none", "null", "-", "."])
    for column in optionalColumns + ["image", anatomyColumn] {
      guard let text = row[column], nothing.contains(text.lowercased()), column != "session_id" else {
        continue
      }
      throw Problem(
        .badData, "'\(text)' in the column \(column) is not a value", at: location,
        advice: "write n/a for what is missing, or leave the cell empty")
    }
    func file(_ column: String) -> URL? {
      row.cell(column).map { URL(fileURLWithPath: $0, relativeTo: folder).absoluteURL.standardizedFileURL }
    }
    let image = file("image"), anatomy = row.cell(anatomyColumn)
    guard let participant = row.cell("participant_id"), image != nil || anatomy != nil else {
      throw Problem(
        .badData, "participant_id or image is empty", at: location,
        advice:
          "fill both cells or delete the row; a row of an anatomy has the column anatomy instead of image"
      )
    }
    for name in [participant, row.cell("session_id") ?? ""] where name.contains("/") || name.hasPrefix(".") {
      throw Problem(
        .badData, "'\(name)' cannot name a folder", at: location,
        advice: "participant_id and session_id become folder names: leave out '/' and a leading '.'")
    }
    guard participant.utf8.count + (row.cell("session_id") ?? "").utf8.count <= CaseFiles.longestCaseID else {
      throw Problem(
        .badData, "participant_id and session_id are longer than \(CaseFiles.longestCaseID) bytes",
        at: location,
        advice: "use shorter names, because they become folder names")
    }
    var split: Split?
    if let name = row.cell("split") {
      split = Split(rawValue: name)
      guard split != nil else {
        throw Problem(
          .badData, "'\(name)' is not a split", at: location, advice: "use train, validation, test or n/a")
      }
    }
    guard let image else {
      if let column = scanColumns.first(where: { row.cell($0) != nil }) {
        throw Problem(
          .badData, "the row of an anatomy has a \(column)", at: location,
          advice: "write n/a: the column describes a scan")
      }
      return .anatomy(
        AnatomyCase(
          participantID: participant, sessionID: row.cell("session_id"),
          source: anatomy.flatMap { $0 == "template" ? nil : file(anatomyColumn) }.map { .file($0) }
            ?? .template, split: split))
    }
    guard anatomy == nil else {
      throw Problem(
        .badData, "the row has an image and an anatomy", at: location,
        advice: "write n/a into one of them, or make two rows")
    }
    let z = row.cell("level")
    if let z, Double(z)?.isFinite != true {
      throw Problem(
        .badData, "'\(z)' is not a position", at: location,
        advice: "give the slice's template-space z in mm, such as 18, or n/a")
    }
    var scan = ScanCase(
      participantID: participant, sessionID: row.cell("session_id"), image: image,
      lesionMask: file("lesion_mask"),
      brainMask: file("brain_mask"), t1w: file("t1w"), templateTransform: file("template_transform"),
      z: z.flatMap(Double.init), split: split)
    scan.maskReading = try maskReading(
      label: row.cell("lesion_label"), pairing: row.cell("mask_pairing"), location: location)
    return .scan(scan)
  }

  private static func maskReading(label: String?, pairing: String?, location: String) throws -> MaskReading {
    let reading = MaskReading(
      lesionLabel: label.flatMap { Int($0) }, pairing: pairing.flatMap(MaskPairing.init) ?? .affine)
    if let label, reading.lesionLabel == nil {
      throw Problem(
        .badData, "'\(label)' is not a label", at: location,
        advice: "give the whole number of lesions in lesion_mask, such as 1, or n/a")
    }
    if let pairing, MaskPairing(rawValue: pairing) == nil {
      throw Problem(
        .badData, "'\(pairing)' is not a pairing of masks", at: location,
        advice: "use affine or n/a, or voxels for masks whose headers are wrong")
    }
    return reading
  }

  /// The rows read so far, to find repeated names and participants in two splits.
  private struct Participants {
    private var splits = [String: Split](), ids = Set<String>()

    mutating func add(_ participant: String, _ split: Split?, id: String, kind: String, location: String)
      throws
    {
      // A participant may have a scan and an anatomy.
      guard ids.insert("\(kind) \(id)").inserted else {
        throw Problem(
          .badData, "'\(id)' is listed twice", at: location,
          advice: "distinguish the scans of one participant by a column session_id")
      }
      guard let split else { return }
      if let earlier = splits.updateValue(split, forKey: participant), earlier != split {
        throw Problem(
          .badData,
          "participant '\(participant)' is in two splits, \(earlier.rawValue) and \(split.rawValue)",
          at: location, advice: "keep all scans of a participant in one split, to avoid leakage")
      }
    }
  }

  /// Returns the text of a manifest with paths relative to `folder`, with a column t1w only if a case has one.
  package static func text(of cases: [ScanCase], relativeTo folder: URL) -> String {
    let hasT1w = cases.contains { $0.t1w != nil }
    var table = Table(columns: requiredColumns + optionalColumns.filter { hasT1w || $0 != "t1w" })
    for scan in cases {
      func path(_ file: URL?) -> String { file?.path(relativeTo: folder) ?? "n/a" }
      table.rows.append(
        [
          scan.participantID, path(scan.image), path(scan.lesionMask), path(scan.brainMask),
          path(scan.templateTransform), scan.z.map { "\($0)" } ?? "n/a", scan.split?.rawValue ?? "n/a",
          scan.sessionColumn, scan.maskReading.lesionLabel.map { "\($0)" } ?? "n/a",
          scan.maskReading.pairing == .affine ? "n/a" : scan.maskReading.pairing.rawValue,
        ] + (hasT1w ? [path(scan.t1w)] : []))
    }
    return table.text
  }

  /// Returns the cases of one split.
  public func cases(in split: Split) -> [ScanCase] { cases.filter { $0.split == split } }

  /// Returns the anatomies of one split.
  public func anatomies(in split: Split) -> [AnatomyCase] { anatomies.filter { $0.split == split } }

  /// Checks that all listed files can be read.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` for the first that is missing or unreadable.
  public func requireFiles() throws {
    if let problem = cases.lazy.compactMap(\.problem).first { throw problem }
    for (id, files) in cases.map({ ($0.id, $0.files) }) + anatomies.map({ ($0.id, $0.files) }) {
      for file in files where !FileManager.default.isReadableFile(atPath: file.path) {
        throw Problem(
          .missingInput, "a file of '\(id)' is missing or unreadable", at: file.path,
          advice: "correct the path in \(source.path); paths are relative to the manifest")
      }
    }
  }

  /// Returns the manifest.
  ///
  /// - Throws: A ``Problem`` if it lists only anatomies.
  public func requiringScans() throws -> Manifest {
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "the manifest lists anatomies but no scan", at: source.path,
        advice: "give a manifest with a column image; "
          + "norma train, bundle calibrate and bundle combine take anatomies")
    }
    return self
  }
}

extension ScanCase {
  /// The scan and the files that belong to it.
  package var files: [URL] { [image, lesionMask, brainMask, t1w, templateTransform].compactMap { $0 } }

  /// The SHA-256 of the T1w, empty if it cannot be read; nil without one.
  package var t1wDigest: String? { t1w.map { (try? Digest.of(file: $0)) ?? "" } }

  /// Returns these files without those that belong to the scan itself, which must not be deleted as old results.
  package func excludingInputs(from results: [URL]) -> [URL] {
    let inputs = Set(files.map(\.standardizedFileURL.path))
    return results.filter { !inputs.contains($0.standardizedFileURL.path) }
  }

  /// The session_id that gives this case the same id when the manifest is read.
  fileprivate var sessionColumn: String {
    let prefix = "\(participantID)_"
    return id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : "n/a"
  }
}
