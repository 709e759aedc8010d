import Foundation
import Norma
import Volumes

/// What the page needs of the case that it shows, besides its volumes.
struct CaseDetails: Encodable {
  /// The rows of the map from scanner to template mm; nil if the scan's place in the template is unknown.
  let toTemplate: [[Double]]?
  /// The names of other images that can be shown over the scan or beside it.
  let others: [String]
  /// Where the regions of the saved mask are.
  let locations: [RegionTable.Location]
  /// The paths of the scan, the map and the saved mask.
  let image, map, mask: String?

  init(_ row: ResultFolder.Case, in results: ResultFolder, reference: URL?) {
    toTemplate = CaseRecord.toTemplate(of: row.id, in: results.folder)?.rows
      .map { [$0.x, $0.y, $0.z, $0.w] }
    others = OtherImage.all(of: row, in: results, reference: reference).map(\.name)
    locations = RegionTable(contentsOf: row.lesionTable).locations
    (image, map, mask) = (row.image?.path, row.anomalyMap?.path, row.mask?.path)
  }
}

/// Another image of the participant of a case: a reference mask, another contrast, an earlier or later visit.
struct OtherImage {
  let name: String
  let file: URL
  let isMask: Bool
  /// The map from its scanner mm to those of the case; nil if they are the same, or if nothing better is known.
  let toCase: Affine?

  /// Reads a mask on the grid of the case; the nearest voxel counts.
  func mask(on grid: Geometry) throws -> Mask {
    try Resample.nearest(VolumeReader.readMask(file), to: grid)
  }

  /// Reads an image on the grid of the case, by trilinear interpolation; 0 beyond the image.
  func volume(on grid: Geometry) throws -> Volume {
    let image = try VolumeReader.read(file).map { $0.isFinite ? $0 : 0 }
    return try Resample.linear(toCase.map(image.moved) ?? image, to: grid)
  }

  /// Finds the other images of a case: the scans of the same participant's other sessions in the results, those in the
  /// folder of its scan whose names have the same participant and session, and the reference mask.
  static func all(of row: ResultFolder.Case, in results: ResultFolder, reference: URL?) -> [OtherImage] {
    let masks =
      reference.map { [OtherImage(name: "Reference mask", file: $0, isMask: true, toCase: nil)] } ?? []
    guard let image = row.image else { return masks }
    return visits(of: row, in: results) + besides(image) + masks
  }

  private static func besides(_ image: URL) -> [OtherImage] {
    let folder = image.deletingLastPathComponent(), start = commonStart(of: image)
    guard !start.isEmpty,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [] }
    return names.sorted().compactMap { name in
      let file = folder.appendingPathComponent(name), suffix = Manifest.stem(file).dropFirst(start.count)
      guard name.hasPrefix(start), name != image.lastPathComponent, isImage(name),
        contrasts.contains(where: suffix.hasSuffix)
      else { return nil }
      return OtherImage(name: String(suffix), file: file, isMask: false, toCase: nil)
    }
  }

  /// The scans of other sessions, first those that were compared with the case.
  private static func visits(of row: ResultFolder.Case, in results: ResultFolder) -> [OtherImage] {
    let others = results.cases.filter { $0.participantID == row.participantID && $0.id != row.id }
    let compared = others.map { comparedMap(from: $0, to: row, in: results) }
    func images(compared isCompared: Bool) -> [OtherImage] {
      zip(others, compared).compactMap { other, map in
        guard isCompared == (map != nil), let file = other.image,
          let toCase = map ?? templateMap(from: other, to: row, in: results)
        else { return nil }
        return OtherImage(name: other.id, file: file, isMask: false, toCase: toCase)
      }
    }
    return images(compared: true) + images(compared: false)
  }

  /// The registration of two visits that `norma compare-visits` or `norma bids` compared; nil if they were not.
  private static func comparedMap(
    from other: ResultFolder.Case, to row: ResultFolder.Case, in results: ResultFolder
  ) -> Affine? {
    let comparisons =
      [VisitFiles(participant: row.participantID)] + [row, other].map { VisitFiles(followUp: $0.id) }
    return comparisons.lazy.compactMap { files in
      VisitRecord(json: results.folder.appendingPathComponent(files.record))?.map(from: other.id, to: row.id)
    }.first
  }

  /// The map between two visits through the template; nil if the place of one in it is not known.
  private static func templateMap(
    from other: ResultFolder.Case, to row: ResultFolder.Case, in results: ResultFolder
  ) -> Affine? {
    guard let own = CaseRecord.toTemplate(of: row.id, in: results.folder),
      let others = CaseRecord.toTemplate(of: other.id, in: results.folder)
    else { return nil }
    return try? own.inverse().composed(with: others)
  }

  /// The entities of participant and session at the start of a BIDS name, with the underscore after them.
  private static func commonStart(of image: URL) -> String {
    Manifest.stem(image).split(separator: "_").prefix { $0.hasPrefix("sub-") || $0.hasPrefix("ses-") }
      .map { "\($0)_" }.joined()
  }

  private static func isImage(_ name: String) -> Bool { [".nii", ".nii.gz"].contains { name.hasSuffix($0) } }

  private static let contrasts = ["T1w", "T2w", "FLAIR", "PDw", "dwi", "swi", "T2starw", "SWI"]
}
