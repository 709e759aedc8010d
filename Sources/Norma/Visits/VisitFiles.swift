import Base
import Cohort
import Foundation
import Preprocessing
import Volumes

/// The files of two compared visits, relative to the output folder; their own results are those of two cases.
package struct VisitFiles {
  private let participant, prefix: String

  package init(participant: String) {
    self.participant = participant
    prefix =
      participant.hasPrefix("sub-") ? "\(participant)/anat/\(participant)" : "\(participant)/\(participant)"
  }

  package var page: String { "\(participant)_visits.html" }
  package var table: String { "\(prefix)_space-halfway_seg-changes_dseg.tsv" }
  var labels: String { "\(prefix)_space-halfway_seg-changes_dseg.nii.gz" }
  var labelsSidecar: String { "\(prefix)_space-halfway_seg-changes_dseg.json" }
  var baseline: String { "\(prefix)_space-halfway_desc-baseline_FLAIR.nii.gz" }
  var followUp: String { "\(prefix)_space-halfway_desc-followup_FLAIR.nii.gz" }
  var change: String { "\(prefix)_space-halfway_desc-change_FLAIR.nii.gz" }
  var baselineTransform: String { "\(prefix)_from-baseline_to-halfway_mode-image_xfm.txt" }
  var followUpTransform: String { "\(prefix)_from-followup_to-halfway_mode-image_xfm.txt" }
  /// Written last: a comparison without it is incomplete.
  package var record: String { "\(prefix)_desc-visits_record.json" }

  /// The files of the comparison, the record first.
  var all: [String] {
    [
      record, page, table, labels, labelsSidecar, baseline, followUp, change, baselineTransform,
      followUpTransform,
    ]
  }

  /// Writes all files but the page, the record last.
  func write(
    _ comparison: VisitComparison, _ record: VisitRecord, _ space: HalfwaySpace, of pair: VisitPair,
    to output: URL
  ) throws {
    func url(_ file: String) -> URL { output.appendingPathComponent(file) }
    try AtomicFile.write(comparison.table.text, to: url(table))
    try NIfTI.write(comparison.labels, to: url(labels))
    try AtomicFile.write(json: record, to: url(labelsSidecar))
    try NIfTI.write(comparison.baseline, to: url(baseline))
    try NIfTI.write(comparison.followUp, to: url(followUp))
    try NIfTI.write(comparison.change, to: url(change))
    try ITKTransformFile.write(space.fromBaseline, to: url(baselineTransform))
    try ITKTransformFile.write(space.fromFollowUp, to: url(followUpTransform))
    let visits = [
      (pair.baseline, comparison.baselineLabels, comparison.followUpMaskAtBaseline),
      (pair.followUp, comparison.followUpLabels, comparison.baselineMaskAtFollowUp),
    ]
    for (scan, labels, otherMask) in visits {
      let files = CaseFiles(caseID: scan.id)
      try NIfTI.write(labels, to: url(files.changes))
      try NIfTI.write(otherMask, to: url(files.otherVisit))
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
        "mean_change",
        "score_change", "confidence", "centroid_x_mm", "centroid_y_mm", "centroid_z_mm", "baseline_regions",
        "follow_up_regions",
      ])
    table.rows = regions.map { region in
      func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "n/a" : numbers.map { "\($0)" }.joined(separator: ",")
      }
      return ["\(region.id)", "region \(region.id)", region.kind.rawValue]
        + [region.baselineVolume, region.followUpVolume, region.changedVolume].map {
          $0.formatted(fraction: 1)
        }
        + [region.meanChange.formatted(fraction: 3), region.scoreChange.formatted(fraction: 3)]
        + [region.confidence?.formatted(fraction: 4) ?? "n/a"]
        + (0..<3).map { region.centroid[$0].formatted(fraction: 2) }
        + [list(region.baselineRegions), list(region.followUpRegions)]
    }
    return table
  }
}
