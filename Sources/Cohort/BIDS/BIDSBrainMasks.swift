import Base
package import Foundation
import Volumes

/// The brain masks of derivative data sets: `sub-*/**/*_desc-brain_mask.nii.gz` with the entities of a scan.
package struct BIDSBrainMasks {
  private let folders: [URL]

  /// Searches one derivative data set, or all data sets in `derivatives/` except those of Norma, whose masks
  /// contain only the scored part of the brain.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if the given folder does not exist.
  package init(of root: URL, derivatives: URL?) throws {
    if let derivatives {
      guard derivatives.isFolder else {
        throw Problem(
          .missingInput, "the folder of derivatives does not exist", at: derivatives.path,
          advice: "give a folder that contains sub-LABEL folders")
      }
      folders = [derivatives]
    } else {
      let parent = root.appendingPathComponent("derivatives")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
      folders = names.sorted().map { parent.appendingPathComponent($0) }
        .filter { $0.isFolder && (try? BIDSDescription(of: $0))?.generators.contains("Norma") != true }
    }
  }

  /// Assigns the masks to their scans.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if a scan has two.
  package func assign(to layout: inout BIDSLayout) throws {
    layout.participants = try layout.participants.map { participant in
      let masks = folders.flatMap { self.masks(of: participant.id, in: $0) }
      return BIDSLayout.Participant(
        id: participant.id, scans: try participant.scans.map { try assign(masks, to: $0) },
        missing: participant.missing)
    }
  }

  private typealias NamedFile = (name: BIDSName, url: URL)

  private func masks(of participant: String, in folder: URL) -> [NamedFile] {
    let folder = folder.appendingPathComponent(participant)
    return FileTree(folder).sorted().compactMap { path in
      let url = folder.appendingPathComponent(path)
      guard let name = BIDSName(url.lastPathComponent), name.isImage, name.suffix == "mask",
        name["desc"] == "brain"
      else { return nil }
      return (name, url)
    }
  }

  private func assign(_ masks: [NamedFile], to scan: BIDSLayout.BIDSScan) throws -> BIDSLayout.BIDSScan {
    var scan = scan
    let named = masks.filter { $0.name.entities(without: "desc") == scan.name.entities }.map(\.url)
    // The mask of a T1-weighted scan has the same name; only the grids differ.
    let fitting = named.filter { Self.isOnGrid(of: scan.scanCase.image, $0) }
    if fitting.count > 1 {
      throw Problem(
        .badData, "two brain masks belong to '\(scan.scanCase.id)'",
        at: fitting.prefix(2).map(\.path).joined(separator: " and "),
        advice: "choose the data set of the masks with --derivatives DIR")
    }
    scan.scanCase.brainMask = fitting.first
    if fitting.isEmpty, !named.isEmpty {
      let note = "A brain mask on another grid, perhaps that of another scan, was not used."
      scan.note = [scan.note, note].compactMap { $0 }.joined(separator: " ")
    }
    return scan
  }

  /// Returns true if the grids match. Unreadable files count as matching; the segmentation reports them.
  private static func isOnGrid(of scan: URL, _ mask: URL) -> Bool {
    guard let grid = try? VolumeReader.readGeometry(scan), let other = try? VolumeReader.readGeometry(mask)
    else { return true }
    return grid.orientation(aligning: other) != nil
  }
}
