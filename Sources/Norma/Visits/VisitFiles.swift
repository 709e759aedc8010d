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
    [record, row, page, table, baselineTransform, followUpTransform] + images + images.map(Self.sidecar)
  }

  private var images: [String] {
    [baseline, followUp, change] + [halfway, atBaseline, atFollowUp].flatMap(\.all)
  }

  private static func sidecar(of image: String) -> String { image.replacing(".nii.gz", with: ".json") }

  /// Writes all files but row and page, the record last. The names of the scans are BIDS URIs in a data set.
  func write(
    _ comparison: VisitComparison, _ record: VisitRecord, _ space: HalfwaySpace, scans: [String],
    isInDataset: Bool, to output: URL
  ) throws {
    func url(_ file: String) -> URL { output.appendingPathComponent(file) }
    let reference = isInDataset ? "bids::\(baseline)" : url(baseline).lastPathComponent
    func write<Element: NIfTIVoxel>(
      _ image: Grid<Element>, _ file: String, _ description: String, mask: String? = nil, on grid: String,
      columns: ColumnDescriptions = [:]
    ) throws {
      try NIfTI.write(image, to: url(file))
      let sidecar = ImageSidecar(
        description: description, maskType: mask, sources: scans, spatialReference: grid, columns: columns)
      try AtomicFile.write(json: sidecar, to: url(Self.sidecar(of: file)))
    }
    try AtomicFile.write(ChangedRegion.columns.table(of: comparison.regions).text, to: url(table))
    let scan = "Scan half way between the visits; stable white matter has the intensity 1"
    try write(comparison.baseline, baseline, scan, on: reference)
    try write(comparison.followUp, followUp, scan, on: reference)
    try write(
      comparison.change, change, "Follow-up less baseline in standard deviations of stable white matter",
      on: reference)
    try ITKTransformFile.write(space.fromBaseline, to: url(baselineTransform))
    try ITKTransformFile.write(space.fromFollowUp, to: url(followUpTransform))
    let spaces = [
      (comparison.halfway, halfway, reference), (comparison.atBaseline, atBaseline, scans[0]),
      (comparison.atFollowUp, atFollowUp, scans[1]),
    ]
    let mask = "of the regions, both visits thresholded together"
    for (images, files, grid) in spaces {
      try write(
        images.labels, files.labels, "Regions of both visits, numbered from the largest", on: grid,
        columns: ChangedRegion.columns.descriptions())
      try write(images.baselineMask, files.baselineMask, "Baseline mask \(mask)", mask: "Lesion", on: grid)
      try write(images.followUpMask, files.followUpMask, "Follow-up mask \(mask)", mask: "Lesion", on: grid)
    }
    try AtomicFile.write(json: record, to: url(self.record))
  }
}

extension ChangedRegion {
  /// The columns of the table of regions.
  static let columns: [TableColumn<ChangedRegion>] = volumes + evidence + places + own

  private static let volumes: [TableColumn<ChangedRegion>] = [
    TableColumn("index", "Its value in the label images", format: "integer") { "\($0.id)" },
    TableColumn("name", "Name") { "region \($0.id)" },
    TableColumn("change", "What changed: new, enlarged, stable, shrunk, resolved or unsure") {
      $0.kind.rawValue
    },
    TableColumn("baseline_volume_mm3", "Volume at the baseline, thresholded together", units: "mm^3") {
      $0.baselineVolume.formatted(fraction: 1)
    },
    TableColumn("follow_up_volume_mm3", "Volume at the follow-up, thresholded together", units: "mm^3") {
      $0.followUpVolume.formatted(fraction: 1)
    },
    TableColumn("changed_volume_mm3", "Volume that is only in the larger of the two", units: "mm^3") {
      $0.changedVolume.formatted(fraction: 1)
    },
  ]

  private static let evidence: [TableColumn<ChangedRegion>] = [
    TableColumn("mean_change", "Mean change there, in standard deviations of stable white matter") {
      $0.meanChange.formatted(fraction: 3)
    },
    TableColumn("score_change", "Mean change of the anomaly map there") {
      $0.scoreChange.formatted(fraction: 3)
    },
    TableColumn(
      "excess_change",
      "Change of the sum above white matter over the mean of both visits, less that of all regions"
    ) { $0.excessChange.formatted(fraction: 3) },
    TableColumn("confidence", "Share of equal shapes at random places in white matter that change less") {
      $0.confidence?.formatted(fraction: 4)
    },
  ]

  private static let places: [TableColumn<ChangedRegion>] = ["x", "y", "z"].enumerated().map { axis, name in
    TableColumn("centroid_\(name)_mm", "Centre of mass half way", units: "mm") {
      $0.centroid[axis].formatted(fraction: 2)
    }
  }

  private static let own: [TableColumn<ChangedRegion>] = [
    TableColumn("baseline_regions", "Numbers of its regions in the baseline's own label image") {
      list($0.baselineRegions)
    },
    TableColumn("follow_up_regions", "Numbers of its regions in the follow-up's own label image") {
      list($0.followUpRegions)
    },
    TableColumn("baseline_own_volume_mm3", "Volume of these on the baseline's own grid", units: "mm^3") {
      $0.baselineOwnVolume.formatted(fraction: 1)
    },
    TableColumn("follow_up_own_volume_mm3", "Volume of these on the follow-up's own grid", units: "mm^3") {
      $0.followUpOwnVolume.formatted(fraction: 1)
    },
  ]

  private static func list(_ numbers: [Int]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }
}
