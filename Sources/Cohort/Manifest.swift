import Base
public import Foundation

/// The part a participant plays: a participant is in one split only.
public enum Split: String, Codable, Hashable, Sendable, CaseIterable {
  case train, validation, test
}

/// One scan with what is known about it.
public struct ScanCase: Hashable, Sendable {
  /// Unique in its cohort: `sub-01` or `sub-01_ses-1`, or the file's name without extension.
  public var id: String
  /// Who was scanned.
  public var participantID: String
  /// Which visit, where there are several.
  public var sessionID: String?
  /// The scan.
  public var image: URL
  /// What an expert drew; nil when unknown.
  public var lesionMask: URL?
  /// The brain; nil when every non-zero voxel is brain.
  public var brainMask: URL?
  /// ITK text transform between the scan and the template, as ``CohortPreprocessing`` writes it; nil when the scan is
  /// not registered, or lies in template space itself.
  public var templateTransform: URL?
  /// Template-space z in mm of an image without position, such as a PNG slice.
  public var z: Double?
  /// Whether `norma prepare` made the image: nothing is done to it again.
  public var isPreprocessed = false
  /// The part of the cohort; nil when not yet assigned.
  public var split: Split?

  /// A case of a manifest row; `sessionID` becomes part of the id.
  public init(
    participantID: String, sessionID: String? = nil, image: URL, lesionMask: URL? = nil,
    brainMask: URL? = nil, templateTransform: URL? = nil, z: Double? = nil, split: Split? = nil
  ) {
    self.id = sessionID.map { "\(participantID)_\($0)" } ?? participantID
    self.participantID = participantID
    self.sessionID = sessionID
    self.image = image
    self.lesionMask = lesionMask
    self.brainMask = brainMask
    self.templateTransform = templateTransform
    self.z = z
    self.split = split
  }
}

/// A cohort: the rows of a TSV file, or the scans found in a folder.
public struct Manifest: Sendable {
  /// The scans in the order of the source.
  public var cases: [ScanCase]
  /// The file or folder it came from, for messages.
  public var source: URL

  /// A cohort of given cases.
  public init(cases: [ScanCase], source: URL) {
    (self.cases, self.source) = (cases, source)
  }

  static let requiredColumns = ["participant_id", "image"]
  static let optionalColumns = [
    "lesion_mask", "brain_mask", "template_transform", "level", "split", "session_id",
  ]

  /// Reads a TSV manifest; paths are relative to the file. Throws a ``Problem`` that names line and column.
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url) else {
      throw Problem(
        .missingInput, "the manifest cannot be read", at: url.path, advice: "check the path and its rights")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Problem(
        .badData, "the manifest is not UTF-8 text", at: url.path, advice: "save it as tab-separated UTF-8")
    }
    try self.init(text: text, source: url)
    let folder = url.deletingLastPathComponent()
    let made = folder.appendingPathComponent(CaseFiles.preprocessingSettings)
    guard FileManager.default.fileExists(atPath: made.path) else { return }
    // Another manifest in the same folder may list raw scans.
    for index in cases.indices {
      let prepared = CaseFiles(of: cases[index]).preprocessed
      let file = folder.appendingPathComponent(prepared)
      cases[index].isPreprocessed = cases[index].image.path == file.absoluteURL.standardizedFileURL.path
    }
  }

  package init(text: String, source: URL) throws {
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    guard let header = lines.first?.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    else {
      throw Problem(
        .badData, "the manifest is empty", at: source.path, advice: "give it a header and one row a scan")
    }
    for column in Self.requiredColumns where !header.contains(column) {
      let similar = nearestName(to: column, in: header).map { " ('\($0)' looks like it)" } ?? ""
      throw Problem(
        .badData, "the manifest has no column '\(column)'\(similar)", at: "\(source.path), line 1",
        advice: "columns: \(Self.requiredColumns.joined(separator: ", ")); optional: "
          + "\(Self.optionalColumns.joined(separator: ", ")); separated by tabs")
    }
    if let column = header.first(where: { name in !name.isEmpty && header.filter { $0 == name }.count > 1 }) {
      throw Problem(
        .badData, "the manifest has the column '\(column)' twice", at: "\(source.path), line 1",
        advice: "keep one of them")
    }
    self.source = source
    cases = []
    var places = [String]()
    for (number, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let place = "\(source.path), line \(number + 1)"
      guard cells.count == header.count else {
        throw Problem(
          .badData, "the row has \(cells.count) cells, the header \(header.count)", at: place,
          advice: "write n/a into empty cells and keep the tabs")
      }
      let row = Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
      cases.append(try Self.scanCase(row, relativeTo: source.deletingLastPathComponent(), place: place))
      places.append(place)
    }
    guard !cases.isEmpty else {
      throw Problem(.badData, "the manifest lists no scan", at: source.path, advice: "add one row a scan")
    }
    try checkUnique(places)
  }

  private static func scanCase(_ row: [String: String], relativeTo folder: URL, place: String) throws
    -> ScanCase
  {
    func cell(_ column: String) -> String? {
      row[column].flatMap { $0.isEmpty || $0 == "n/a" ? nil : $0 }
    }
    func file(_ column: String) -> URL? {
      cell(column).map { URL(fileURLWithPath: $0, relativeTo: folder).absoluteURL.standardizedFileURL }
    }
    guard let participant = cell("participant_id"), let image = file("image") else {
      throw Problem(
        .badData, "participant_id or image is empty", at: place, advice: "fill both cells or delete the row")
    }
    for name in [participant, cell("session_id") ?? ""] where name.contains("/") || name.hasPrefix(".") {
      throw Problem(
        .badData, "'\(name)' cannot name a folder", at: place,
        advice: "results are filed under participant_id and session_id: no '/', no '.' in front")
    }
    // File systems take 255 bytes; what stands before and after a case's name in its files' names needs the rest.
    guard participant.utf8.count + (cell("session_id") ?? "").utf8.count <= 140 else {
      throw Problem(
        .badData, "participant_id and session_id are longer than 140 bytes", at: place,
        advice: "use shorter names: results are filed under them")
    }
    var split: Split?
    if let name = cell("split") {
      split = Split(rawValue: name)
      guard split != nil else {
        throw Problem(
          .badData, "'\(name)' is no split", at: place, advice: "use train, validation, test or n/a")
      }
    }
    let z = cell("level")
    if let z, Double(z)?.isFinite != true {
      throw Problem(
        .badData, "'\(z)' is not a position", at: place,
        advice: "give the slice's template-space z in mm, such as 18, or n/a")
    }
    return ScanCase(
      participantID: participant, sessionID: cell("session_id"), image: image,
      lesionMask: file("lesion_mask"),
      brainMask: file("brain_mask"), templateTransform: file("template_transform"),
      z: z.flatMap(Double.init), split: split)
  }

  private func checkUnique(_ places: [String]) throws {
    var splits = [String: Split](), ids = Set<String>()
    for (scan, place) in zip(cases, places) {
      guard ids.insert(scan.id).inserted else {
        throw Problem(
          .badData, "'\(scan.id)' is listed twice", at: place,
          advice: "tell the scans of one participant apart in a column session_id")
      }
      guard let split = scan.split else { continue }
      if let earlier = splits.updateValue(split, forKey: scan.participantID), earlier != split {
        throw Problem(
          .badData,
          "participant '\(scan.participantID)' is in two splits, \(earlier.rawValue) and \(split.rawValue)",
          at: place, advice: "keep all scans of a participant in one split: anything else leaks")
      }
    }
  }

  /// A manifest's text; paths are written relative to `folder`.
  package static func text(of cases: [ScanCase], relativeTo folder: URL) -> String {
    var table = Table(columns: requiredColumns + optionalColumns)
    for scan in cases {
      func path(_ file: URL?) -> String { file?.path(relativeTo: folder) ?? "n/a" }
      table.rows.append([
        scan.participantID, path(scan.image), path(scan.lesionMask), path(scan.brainMask),
        path(scan.templateTransform), scan.z.map { "\($0)" } ?? "n/a", scan.split?.rawValue ?? "n/a",
        scan.sessionColumn,
      ])
    }
    return table.text
  }

  /// The cases of one split.
  public func cases(in split: Split) -> [ScanCase] { cases.filter { $0.split == split } }

  /// Throws a ``Problem`` for the first file that is listed and not there.
  public func requireFiles() throws {
    for scan in cases {
      for file in scan.files where !FileManager.default.isReadableFile(atPath: file.path) {
        throw Problem(
          .missingInput, "a file of '\(scan.id)' is missing or unreadable", at: file.path,
          advice: "mend the path in \(source.path); paths are relative to the manifest")
      }
    }
  }
}

extension ScanCase {
  /// The scan and the files that belong to it.
  package var files: [URL] { [image, lesionMask, brainMask, templateTransform].compactMap { $0 } }

  /// Returns these files without those that belong to the scan itself, which must not be deleted as old results.
  package func excludingInputs(from results: [URL]) -> [URL] {
    let inputs = Set(files.map(\.standardizedFileURL.path))
    return results.filter { !inputs.contains($0.standardizedFileURL.path) }
  }

  /// What tells this case from the participant's others, so that a manifest gives it the same id again.
  fileprivate var sessionColumn: String {
    let prefix = "\(participantID)_"
    return id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : "n/a"
  }
}
