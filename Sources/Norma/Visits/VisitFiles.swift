import Base
import Cohort
import Foundation
import Preprocessing
import Volumes

/// The files of two compared visits, relative to the output folder; their own results are those of two cases.
package struct VisitFiles {
  private let name, prefix: String

  /// The files of the only comparison of a participant.
  package init(participant: String) {
    name = participant
    prefix =
      participant.hasPrefix("sub-") ? "\(participant)/anat/\(participant)" : "\(participant)/\(participant)"
  }

  /// The files of the comparison of a scan with an earlier one, beside those of the scan.
  package init(followUp caseID: String) {
    name = caseID
    prefix = CaseFiles(caseID: caseID).prefix
  }

  /// The files in one space.
  struct Images {
    let labels, baselineMask, followUpMask: String

    fileprivate init(_ prefix: String, space: String) {
      labels = "\(prefix)_space-\(space)_seg-changes_dseg.nii.gz"
      baselineMask = "\(prefix)_space-\(space)_desc-baseline_mask.nii.gz"
      followUpMask = "\(prefix)_space-\(space)_desc-followup_mask.nii.gz"
    }

    fileprivate var all: [String] { [labels, baselineMask, followUpMask] }
  }

  package var page: String { "\(name)_visits.html" }
  package var table: String { "\(prefix)_space-halfway_seg-changes_dseg.tsv" }
  var labelsSidecar: String { "\(prefix)_space-halfway_seg-changes_dseg.json" }
  var halfway: Images { Images(prefix, space: "halfway") }
  var atBaseline: Images { Images(prefix, space: "baseline") }
  var atFollowUp: Images { Images(prefix, space: "followup") }
  var baseline: String { "\(prefix)_space-halfway_desc-baseline_FLAIR.nii.gz" }
  var followUp: String { "\(prefix)_space-halfway_desc-followup_FLAIR.nii.gz" }
  var change: String { "\(prefix)_space-halfway_desc-change_FLAIR.nii.gz" }
  var baselineTransform: String { "\(prefix)_from-baseline_to-halfway_mode-image_xfm.txt" }
  var followUpTransform: String { "\(prefix)_from-followup_to-halfway_mode-image_xfm.txt" }
  /// The outcome of a comparison in a BIDS data set.
  var row: String { "\(prefix)\(Self.rowSuffix)" }
  static let rowSuffix = "_desc-norma_visits.tsv"
  /// Written last: a comparison without it is incomplete.
  package var record: String { "\(prefix)_desc-visits_record.json" }

  /// The files of the comparison, the record first.
  package var all: [String] {
    [
      record, row, page, table, labelsSidecar, baseline, followUp, change, baselineTransform,
      followUpTransform,
    ]
      + [halfway, atBaseline, atFollowUp].flatMap(\.all)
  }

  /// Writes all files but row and page, the record last.
  func write(
    _ comparison: VisitComparison, _ record: VisitRecord, _ space: HalfwaySpace, to output: URL
  ) throws {
    func url(_ file: String) -> URL { output.appendingPathComponent(file) }
    try AtomicFile.write(comparison.table.text, to: url(table))
    try AtomicFile.write(json: record, to: url(labelsSidecar))
    try NIfTI.write(comparison.baseline, to: url(baseline))
    try NIfTI.write(comparison.followUp, to: url(followUp))
    try NIfTI.write(comparison.change, to: url(change))
    try ITKTransformFile.write(space.fromBaseline, to: url(baselineTransform))
    try ITKTransformFile.write(space.fromFollowUp, to: url(followUpTransform))
    let spaces = [
      (comparison.halfway, halfway), (comparison.atBaseline, atBaseline), (comparison.atFollowUp, atFollowUp),
    ]
    for (images, files) in spaces {
      try NIfTI.write(images.labels, to: url(files.labels))
      try NIfTI.write(images.baselineMask, to: url(files.baselineMask))
      try NIfTI.write(images.followUpMask, to: url(files.followUpMask))
    }
    try AtomicFile.write(json: record, to: url(self.record))
  }
}

extension VisitComparison {
  /// The table of regions.
  var table: Table {
    var table = Table(
      columns: [
        "index", "name", "change", "baseline_volume_mm3", "follow_up_volume_mm3", "changed_volume_mm3",
        "mean_change", "score_change", "excess_change", "confidence", "centroid_x_mm", "centroid_y_mm",
        "centroid_z_mm", "baseline_regions", "follow_up_regions", "baseline_own_volume_mm3",
        "follow_up_own_volume_mm3",
      ])
    table.rows = regions.map { region in
      func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "n/a" : numbers.map { "\($0)" }.joined(separator: ",")
      }
      return ["\(region.id)", "region \(region.id)", region.kind.rawValue]
        + [region.baselineVolume, region.followUpVolume, region.changedVolume].map {
          $0.formatted(fraction: 1)
        }
        + [region.meanChange, region.scoreChange, region.excessChange].map { $0.formatted(fraction: 3) }
        + [region.confidence?.formatted(fraction: 4) ?? "n/a"]
        + (0..<3).map { region.centroid[$0].formatted(fraction: 2) }
        + [list(region.baselineRegions), list(region.followUpRegions)]
        + [region.baselineOwnVolume, region.followUpOwnVolume].map { $0.formatted(fraction: 1) }
    }
    return table
  }
}
