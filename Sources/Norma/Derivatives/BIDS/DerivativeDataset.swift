import Base
import Cohort
package import Foundation

/// A folder of results as a BIDS derivative data set, which any number of processes may fill at the same
/// time.
package struct DerivativeDataset: Sendable {
  package let folder: URL
  /// The data set that is segmented.
  private let root: URL
  /// The source of brain masks, if it is outside of `root`.
  private let masks: URL?

  /// Creates a derivative data set in a folder.
  ///
  /// - Throws: A ``Problem`` of kind `cannotCreate` if results would mix with the data set itself or with
  ///   another one.
  package init(folder: URL, root: URL, derivatives: URL?) throws {
    (self.folder, self.root) = (folder.standardizedFileURL, root.standardizedFileURL)
    let outside = derivatives.map(\.standardizedFileURL)
    masks = outside.flatMap { $0.path(below: root.standardizedFileURL) == nil ? $0 : nil }
    try checkLocation()
    try checkOwner()
  }

  private func checkLocation() throws {
    guard let inside = folder.resolved.path(below: root.resolved), !inside.hasPrefix("derivatives/") else {
      return
    }
    throw Problem(
      .cannotCreate, "the results would be inside the data set", at: folder.path,
      advice: "choose a folder outside of it or below its derivatives/, such as derivatives/norma")
  }

  private func checkOwner() throws {
    let file = folder.appendingPathComponent(BIDSDescription.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    guard try BIDSDescription(of: folder).generators == ["Norma"] else {
      throw Problem(
        .cannotCreate, "the output folder holds another data set", at: file.path,
        advice: "choose a new folder, or that of an earlier run")
    }
  }

  /// Writes the files of the data set as a whole; every process writes the same.
  package func prepare() throws {
    let doi = (try? BIDSDescription(of: root))?.doi
    let description = Description(links: links, doi: doi)
    try AtomicFile.writeIfChanged(AtomicFile.encoded(description), at: file(BIDSDescription.fileName))
    try AtomicFile.writeIfChanged(Data(Self.readme.utf8), at: file("README"))
    try AtomicFile.writeIfChanged(Data(Self.ignored.utf8), at: file(".bidsignore"))
    try AtomicFile.writeIfChanged(
      AtomicFile.encoded(ScanRow.columns.descriptions()), at: file(Self.rowDescriptions))
  }

  /// The descriptions of the columns of all rows, by BIDS's principle of inheritance.
  private static let rowDescriptions = "desc-norma_cases.json"

  /// The file of the data set at a relative path.
  package func file(_ path: String) -> URL { folder.appendingPathComponent(path) }

  /// The rows of a participant's scans that were processed, in the order of their names.
  package func rows(of participantID: String) -> [ScanRow] {
    FileTree(file(participantID)).filter { $0.hasSuffix(CaseFiles.rowSuffix) }
      .compactMap { path in
        let name = URL(fileURLWithPath: path).lastPathComponent
        return ScanRow(of: String(name.dropLast(CaseFiles.rowSuffix.count)), in: self)
      }
      .sorted { $0.caseID < $1.caseID }
  }

  /// Removes the results of scans that are not in the data set any more (a link without its content is), and
  /// the row that says that a participant has no scan once there is one.
  func removeOutdatedResults(of participant: BIDSLayout.Participant) throws {
    let links = Self.links(of: folder)
    for row in rows(of: participant.id) {
      let isOutdated =
        row.status == .skipped
        ? !participant.scans.isEmpty
        : row.image.flatMap { Self.file(ofURI: $0, in: folder, links: links) }
          .map { (try? FileManager.default.attributesOfItem(atPath: $0.path)) == nil } ?? false
      guard isOutdated, !participant.scans.contains(where: { $0.scanCase.id == row.caseID }) else { continue }
      for name in CaseFiles(caseID: row.caseID).segmented { try AtomicFile.remove(file(name)) }
    }
  }

  /// Removes the files of earlier runs of the group level, except these and their sidecars.
  package func removeGroupFiles(except files: [URL]) throws {
    func stem(_ file: URL) -> String { String(file.lastPathComponent.prefix { $0 != "." }) }
    let kept = Set(files.map(stem))
    for parent in [folder, file("figures")] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? [] {
        let file = parent.appendingPathComponent(name)
        if name.hasPrefix("group_"), !kept.contains(stem(file)) { try AtomicFile.remove(file) }
      }
    }
  }

  /// An input file as a BIDS URI, such as `bids:raw:sub-01/anat/sub-01_FLAIR.nii.gz`.
  package func uri(of input: URL) -> String {
    let sources = [("raw", root)] + (masks.map { [("masks", $0)] } ?? [])
    for (name, source) in sources {
      if let path = input.standardizedFileURL.path(below: source) {
        return "bids:\(name):" + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
      }
    }
    return input.lastPathComponent
  }

  /// The paths of the data sets that the BIDS URIs of results name; empty if the folder is not a data set.
  static func links(of folder: URL) -> [String: String] {
    struct Description: Decodable {
      let links: [String: String]
      enum CodingKeys: String, CodingKey { case links = "DatasetLinks" }
    }
    return Description(json: folder.appendingPathComponent(BIDSDescription.fileName))?.links ?? [:]
  }

  /// The file that a BIDS URI of the results in `folder` names; nil if its data set is unknown.
  static func file(ofURI uri: String, in folder: URL, links: [String: String]) -> URL? {
    let parts = uri.split(separator: ":", maxSplits: 2).map(String.init)
    guard parts.count == 3, let link = links[parts[1]], let path = parts[2].removingPercentEncoding else {
      return nil
    }
    let root = link.hasPrefix("/") ? URL(fileURLWithPath: link) : folder.appendingPathComponent(link)
    return root.appendingPathComponent(path).standardizedFileURL
  }

  private var links: [String: String] {
    var links = ["raw": root]
    links["masks"] = masks
    return links.mapValues { $0.resolved.path(relativeTo: folder.resolved) }
  }

  private struct Description: Encodable {
    struct Generator: Encodable {
      let name = "Norma"
      let version = NormaVersion.current

      enum CodingKeys: String, CodingKey {
        case name = "Name"
        case version = "Version"
      }
    }

    struct Source: Encodable {
      let url: String?
      let doi: String?

      enum CodingKeys: String, CodingKey {
        case url = "URL"
        case doi = "DOI"
      }
    }

    let name = "Norma: anomaly segmentation of FLAIR scans"
    let version = "1.10.0"
    let type = "derivative"
    let generators = [Generator()]
    let sources: [Source]
    let links: [String: String]

    init(links: [String: String], doi: String?) {
      (sources, self.links) = ([Source(url: links["raw"], doi: doi)], links)
    }

    enum CodingKeys: String, CodingKey {
      case name = "Name"
      case version = "BIDSVersion"
      case type = "DatasetType"
      case generators = "GeneratedBy"
      case sources = "SourceDatasets"
      case links = "DatasetLinks"
    }
  }

  private static let ignored = """
    *.html
    *.pdf
    *_cases.json
    figures
    logs
    shards.json
    *_cases.tsv
    *_visits.tsv
    *_record.json
    *_pictures.json
    *_xfm.txt
    group_*
    review

    """

  private static let readme = """
    Anomaly segmentation of FLAIR scans by Norma. Research use only; not a medical device, not for diagnosis.

    Per scan, on its own grid: the anomaly map (desc-anomaly_FLAIR: 0 = as expected or outside the brain,
    larger = more anomalous, NaN = brain that was not scored), the voxels above the threshold
    (label-lesion_mask), the same as numbered lesions (seg-lesions_dseg) with a table, and the part of the
    brain that was scored (desc-brain_mask). A scan that was registered has an ITK transform to the template (xfm). The JSON files name the scan, model,
    preprocessing and threshold. The row of each scan is in desc-norma_cases.tsv; sub-LABEL.html shows
    pictures. desc-norma_record.json and desc-norma_pictures.json are kept for that page. group_lesions.tsv
    and group.html hold all scans, once the group level was run.

    """
}

extension URL {
  /// The path without symbolic links; its end need not exist yet.
  fileprivate var resolved: URL {
    guard path != "/", !FileManager.default.fileExists(atPath: path) else { return resolvingSymlinksInPath() }
    return deletingLastPathComponent().resolved.appendingPathComponent(lastPathComponent)
  }

  /// The path from `folder` to this file, "" for the folder itself; nil if the file is elsewhere.
  fileprivate func path(below folder: URL) -> String? {
    let here = folder.pathComponents
    guard pathComponents.starts(with: here) else { return nil }
    return pathComponents.dropFirst(here.count).joined(separator: "/")
  }
}
