import Base
package import Foundation
import Volumes

/// Brain masks of derivative data sets: `sub-*/**/*_desc-brain_mask.nii.gz` with the entities of a scan.
package struct BIDSBrainMasks {
  private let folders: [URL]

  /// Looks in one derivative data set, or without it in all below `derivatives/` that Norma's own BIDS App did not
  /// make: its masks hold the scored part of a brain only.
  package init(of root: URL, derivatives: URL?) throws {
    if let derivatives {
      guard derivatives.isFolder else {
        throw Problem(
          .missingInput, "there is no such folder of derivatives", at: derivatives.path,
          advice: "give a folder that holds sub-LABEL folders")
      }
      folders = [derivatives]
    } else {
      let parent = root.appendingPathComponent("derivatives")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
      folders = names.sorted().map { parent.appendingPathComponent($0) }
        .filter { $0.isFolder && (try? BIDSDescription(of: $0))?.generators.contains("Norma") != true }
    }
  }

  /// Gives the scans the masks that belong to them; throws a ``Problem`` where two do.
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
    let own = folder.appendingPathComponent(participant)
    return FileTree(own).sorted().compactMap { path in
      let url = own.appendingPathComponent(path)
      guard let name = BIDSName(url.lastPathComponent), name.isImage, name.suffix == "mask",
        name["desc"] == "brain"
      else { return nil }
      return (name, url)
    }
  }

  private func assign(_ masks: [NamedFile], to scan: BIDSLayout.BIDSScan) throws -> BIDSLayout.BIDSScan {
    var scan = scan
    let named = masks.filter { $0.name.entities(without: "desc") == scan.name.entities }.map(\.url)
    // A T1-weighted scan's mask has the same name; only the grid tells them apart.
    let fitting = named.filter { Self.isOnGrid(of: scan.scanCase.image, $0) }
    if fitting.count > 1 {
      throw Problem(
        .badData, "two brain masks belong to '\(scan.scanCase.id)'",
        at: fitting.prefix(2).map(\.path).joined(separator: " and "),
        advice: "say with --derivatives DIR which data set's masks are meant")
    }
    scan.scanCase.brainMask = fitting.first
    if fitting.isEmpty, !named.isEmpty {
      scan.note = "A brain mask of another grid (perhaps of another scan) was not used."
    }
    return scan
  }

  /// True too where a file cannot be read: that is for the segmentation to say.
  private static func isOnGrid(of scan: URL, _ mask: URL) -> Bool {
    guard let grid = try? VolumeReader.readGeometry(scan), let other = try? VolumeReader.readGeometry(mask)
    else { return true }
    return grid.matches(other, tolerance: grid.spacing.min() / 2)
  }
}
