package import Foundation
import Volumes

/// Where the results of one case lie, in valid BIDS derivative names when the case's own name is one.
package struct CaseFiles {
  /// Relative to the output folder: `sub-01/anat/sub-01` or `case/case`.
  private let prefix: String

  /// What kind of image the scan is.
  private let suffix: String

  /// How the name of a row's file ends.
  package static let rowSuffix = "_desc-norma_cases.tsv"

  /// The file beside a preprocessed cohort's manifest that holds the settings it was made with.
  package static let preprocessingSettings = "preprocessing.json"

  package init(of scan: ScanCase) { self.init(caseID: scan.id, suffix: scan.suffix ?? "FLAIR") }

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
  package var brain: String { "\(prefix)_desc-brain_mask.nii.gz" }
  package var brainSidecar: String { "\(prefix)_desc-brain_mask.json" }
  /// The row of a scan of a BIDS data set.
  package var row: String { "\(prefix)\(Self.rowSuffix)" }
  package var preprocessed: String { "\(prefix)_desc-preproc_\(suffix).nii.gz" }
  package var transform: String { "\(prefix)_from-\(suffix)_to-MNI152NLin2009aSym_mode-image_xfm.txt" }

  /// What only some segmentations write.
  package var optional: [String] { [exceedance, exceedanceSidecar, uncertainty, uncertaintySidecar] }

  /// Everything that a segmentation writes, the mask first: where it lies, the case is complete.
  package var segmented: [String] {
    [
      mask, maskSidecar, anomalyMap, anomalySidecar, labels, labelsSidecar, lesionTable, brain, brainSidecar,
      transform, row,
    ] + optional
  }

  /// Whether everything lies in the output folder that every scan gets, and the map of exceedance where it is wanted.
  package func areComplete(in output: URL, exceedance isWanted: Bool) -> Bool {
    ([mask, anomalyMap, labels, lesionTable, brain] + (isWanted ? [exceedance] : [])).allSatisfy {
      FileManager.default.fileExists(atPath: output.appendingPathComponent($0).path)
    }
  }
}
