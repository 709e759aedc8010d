import Foundation
import Volumes

/// Where the results of one case lie, in valid BIDS derivative names when the case's own name is one.
struct CaseFiles {
  /// Relative to the output folder: `sub-01/anat/sub-01` or `case/case`.
  private let prefix: String

  /// What kind of image the scan is.
  private let suffix: String

  /// How the name of a row's file ends.
  static let rowSuffix = "_desc-norma_cases.tsv"

  init(caseID: String, suffix: String = "FLAIR") {
    self.suffix = suffix
    let entities = caseID.split(separator: "_").map(String.init)
    if let subject = entities.first, subject.hasPrefix("sub-") {
      let session = entities.dropFirst().first { $0.hasPrefix("ses-") }
      prefix = ([subject] + [session].compactMap { $0 } + ["anat", caseID]).joined(separator: "/")
    } else {
      prefix = "\(caseID)/\(caseID)"
    }
  }

  var anomalyMap: String { "\(prefix)_desc-anomaly_FLAIR.nii.gz" }
  var anomalySidecar: String { "\(prefix)_desc-anomaly_FLAIR.json" }
  var exceedance: String { "\(prefix)_desc-exceedance_FLAIR.nii.gz" }
  var exceedanceSidecar: String { "\(prefix)_desc-exceedance_FLAIR.json" }
  var uncertainty: String { "\(prefix)_desc-uncertainty_FLAIR.nii.gz" }
  var uncertaintySidecar: String { "\(prefix)_desc-uncertainty_FLAIR.json" }
  var mask: String { "\(prefix)_label-lesion_mask.nii.gz" }
  var maskSidecar: String { "\(prefix)_label-lesion_mask.json" }
  var labels: String { "\(prefix)_seg-lesions_dseg.nii.gz" }
  var labelsSidecar: String { "\(prefix)_seg-lesions_dseg.json" }
  var lesionTable: String { "\(prefix)_seg-lesions_dseg.tsv" }
  var brain: String { "\(prefix)_desc-brain_mask.nii.gz" }
  var brainSidecar: String { "\(prefix)_desc-brain_mask.json" }
  /// The row of a scan of a BIDS data set.
  var row: String { "\(prefix)\(Self.rowSuffix)" }
  var preprocessed: String { "\(prefix)_desc-preproc_\(suffix).nii.gz" }
  var transform: String { "\(prefix)_from-\(suffix)_to-MNI152NLin2009aSym_mode-image_xfm.txt" }

  /// What only some segmentations write.
  var optional: [String] { [exceedance, exceedanceSidecar, uncertainty, uncertaintySidecar] }

  /// Everything that a segmentation writes, the mask first: where it lies, the case is complete.
  var segmented: [String] {
    [
      mask, maskSidecar, anomalyMap, anomalySidecar, labels, labelsSidecar, lesionTable, brain, brainSidecar,
      transform, row,
    ] + optional
  }

  /// Whether everything lies in the output folder that every scan gets, and the map of exceedance where it is wanted.
  func areComplete(in output: URL, exceedance isWanted: Bool) -> Bool {
    ([mask, anomalyMap, labels, lesionTable, brain] + (isWanted ? [exceedance] : [])).allSatisfy {
      FileManager.default.fileExists(atPath: output.appendingPathComponent($0).path)
    }
  }
}

/// What stands beside a derived image.
struct Sidecar: Encodable {
  let description: String
  /// BIDS's word for what a mask shows; nil for other images.
  let maskType: String?
  let provenance: ScanProvenance
  let skullStripped = true
  let bundle: String
  let normaVersion = NormaVersion.current
  let threshold: Double
  let preprocessing: PreprocessingSettings?
  let record: PreprocessingRecord
  let domain: [InputDomain.Finding]
  let notes: [String]

  func encode(to encoder: any Encoder) throws {
    try provenance.key?.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(description, forKey: .description)
    try values.encodeIfPresent(maskType, forKey: .maskType)
    try values.encode(provenance.sources, forKey: .sources)
    try values.encode(skullStripped, forKey: .skullStripped)
    try values.encode(bundle, forKey: .bundle)
    try values.encode(normaVersion, forKey: .normaVersion)
    try values.encode(threshold, forKey: .threshold)
    try values.encodeIfPresent(preprocessing, forKey: .preprocessing)
    try values.encode(record, forKey: .record)
    try values.encode(domain, forKey: .domain)
    try values.encode(notes, forKey: .notes)
  }

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case maskType = "Type"
    case sources = "Sources"
    case skullStripped = "SkullStripped"
    case bundle = "Bundle"
    case normaVersion = "NormaVersion"
    case threshold = "Threshold"
    case preprocessing = "Preprocessing"
    case record = "PreprocessingRecord"
    case domain = "InputDomain"
    case notes = "Notes"
  }
}

extension Lesion {
  /// The lesion table of one scan.
  static func table(of lesions: [Lesion]) -> String {
    var table = Table(columns: [
      "index", "name", "volume_mm3", "max_score", "mean_score", "centroid_x_mm", "centroid_y_mm",
      "centroid_z_mm",
      "first_i", "first_j", "first_k", "last_i", "last_j", "last_k",
    ])
    table.rows = lesions.map { lesion in
      let numbers = [lesion.volumeMM3, lesion.maximumScore, lesion.meanScore].map {
        $0.formatted(fraction: 4)
      }
      let centroid = (0..<3).map { lesion.centroid[$0].formatted(fraction: 2) }
      let box = (0..<3).map { "\(lesion.firstVoxel[$0])" } + (0..<3).map { "\(lesion.lastVoxel[$0])" }
      return ["\(lesion.id)", "lesion \(lesion.id)"] + numbers + centroid + box
    }
    return table.text
  }
}
