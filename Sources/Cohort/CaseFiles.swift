import Foundation

/// The names of one case's files, valid as BIDS derivatives where the case's own name is one.
package struct CaseFiles {
  /// The common start, relative to the output folder: `sub-01/anat/sub-01` or `case/case`.
  package let prefix: String
  /// The kind of image that the scan is.
  private let suffix: String

  /// The end of the name of a row's file.
  package static let rowSuffix = "_desc-norma_cases.tsv"
  /// The length of a case's name, in bytes, to which file systems allow the names of all its files: they end
  /// a name at 255.
  package static let longestCaseID = 140
  /// The file beside a preprocessed cohort's manifest that holds the settings it was made with.
  package static let preprocessingSettings = "preprocessing.json"

  /// The files of a scan.
  package init(of scan: ScanCase) { self.init(caseID: scan.id, suffix: scan.suffix ?? "FLAIR") }

  /// The files of a case by its name.
  package init(caseID: String, suffix: String = "FLAIR") {
    self.suffix = suffix
    let entities = caseID.split(separator: "_").map(String.init)
    if let subject = entities.first, subject.hasPrefix("sub-") {
      let session = entities.dropFirst().first { $0.hasPrefix("ses-") }
      prefix = ([subject] + [session].compactMap { $0 } + ["anat", caseID]).joined(separator: "/")
    } else {
      prefix = "\(caseID)/\(caseID)"
    }
  }

  package var anomalyMap: String { "\(prefix)_desc-anomaly_FLAIR.nii.gz" }
  package var anomalySidecar: String { "\(prefix)_desc-anomaly_FLAIR.json" }
  package var exceedance: String { "\(prefix)_desc-exceedance_FLAIR.nii.gz" }
  package var exceedanceSidecar: String { "\(prefix)_desc-exceedance_FLAIR.json" }
  package var uncertainty: String { "\(prefix)_desc-uncertainty_FLAIR.nii.gz" }
  package var uncertaintySidecar: String { "\(prefix)_desc-uncertainty_FLAIR.json" }
  package var mask: String { "\(prefix)_label-lesion_mask.nii.gz" }
  package var maskSidecar: String { "\(prefix)_label-lesion_mask.json" }
  package var labels: String { "\(prefix)_seg-lesions_dseg.nii.gz" }
  package var labelsSidecar: String { "\(prefix)_seg-lesions_dseg.json" }
  package var lesionTable: String { "\(prefix)_seg-lesions_dseg.tsv" }
  package var tissues: String { "\(prefix)_seg-tissues_dseg.nii.gz" }
  package var tissuesSidecar: String { "\(prefix)_seg-tissues_dseg.json" }
  package var tissueTable: String { "\(prefix)_seg-tissues_dseg.tsv" }
  package var brain: String { "\(prefix)_desc-brain_mask.nii.gz" }
  package var brainSidecar: String { "\(prefix)_desc-brain_mask.json" }
  /// The T1w on the grid of the scan, and the rigid transform between them.
  package var t1w: String { "\(prefix)_space-\(suffix)_T1w.nii.gz" }
  package var t1wSidecar: String { "\(prefix)_space-\(suffix)_T1w.json" }
  package var t1wTransform: String { "\(prefix)_from-\(suffix)_to-T1w_mode-image_xfm.txt" }
  /// The mask and the anomaly map in the space of the template.
  package var templateMask: String { "\(prefix)_space-\(TemplateSpace.name)_label-lesion_mask.nii.gz" }
  package var templateMaskSidecar: String { "\(prefix)_space-\(TemplateSpace.name)_label-lesion_mask.json" }
  package var templateMap: String { "\(prefix)_space-\(TemplateSpace.name)_desc-anomaly_FLAIR.nii.gz" }
  package var templateMapSidecar: String { "\(prefix)_space-\(TemplateSpace.name)_desc-anomaly_FLAIR.json" }
  /// The pictures of the case for a page.
  package var pictures: String { "\(prefix)_desc-norma_pictures.json" }
  /// The contents of the case for tables and pages; written last, so that a case that has it is complete.
  package var record: String { "\(prefix)_desc-norma_record.json" }
  /// The painted lesions of a check of the scanner.
  package var scannerCheck: String { "\(prefix)_desc-norma_scannercheck.json" }
  /// The row of a scan of a BIDS data set.
  package var row: String { "\(prefix)\(Self.rowSuffix)" }
  package var preprocessed: String { "\(prefix)_desc-preproc_\(suffix).nii.gz" }
  package var preprocessedSidecar: String { "\(prefix)_desc-preproc_\(suffix).json" }
  package var transform: String { "\(prefix)_from-\(suffix)_to-\(TemplateSpace.name)_mode-image_xfm.txt" }

  /// The figure of this name in the folder of the participant's figures.
  package func figure(_ name: String) -> String {
    let folder = prefix.prefix { $0 != "/" }, caseID = prefix.split(separator: "/").last ?? ""
    return "\(folder)/figures/\(caseID)_desc-\(name)_\(suffix).svg"
  }

  /// The names that the figures of a case may have.
  package static let figureNames =
    ["brain", "t1w", "levels", "intensity"]
    + ["region", "slice"].flatMap { kind in (1...3).map { "\(kind)\($0)" } }

  /// The maps, masks and labels of a segmentation.
  var images: [String] {
    [anomalyMap, exceedance, uncertainty, mask, labels, tissues, brain, t1w, templateMask, templateMap]
  }

  /// All files that a segmentation may write, the record first.
  package var segmented: [String] {
    [
      record, row, pictures, mask, maskSidecar, anomalyMap, anomalySidecar, labels, labelsSidecar,
      lesionTable, tissues, tissuesSidecar, tissueTable,
      brain, brainSidecar, transform, t1w, t1wSidecar, t1wTransform, exceedance, exceedanceSidecar,
      uncertainty, uncertaintySidecar,
      templateMask, templateMaskSidecar, templateMap, templateMapSidecar,
    ] + Self.figureNames.map(figure)
  }
}
