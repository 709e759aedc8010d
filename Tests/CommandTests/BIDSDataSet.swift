import Foundation

/// A BIDS data set of the simulated patient's scan.
struct BIDSDataSet {
  let folder: URL
  var raw: URL { folder / "raw" }
  var out: URL { folder / "raw/derivatives/norma" }

  static let description = #"{"Name": "Simulated", "BIDSVersion": "1.10.0", "DatasetDOI": "doi:10.1/x"}"#
  /// Two sessions, two runs, and a participant without a FLAIR.
  static let usual = [
    "sub-01/ses-1/anat/sub-01_ses-1_FLAIR.nii.gz", "sub-01/ses-2/anat/sub-01_ses-2_FLAIR.nii.gz",
    "sub-02/anat/sub-02_acq-3d_run-1_FLAIR.nii.gz", "sub-02/anat/sub-02_acq-3d_run-2_FLAIR.nii.gz",
    "sub-03/anat/sub-03_T1w.nii.gz",
  ]

  /// Makes the data set below a folder.
  init(in folder: URL? = nil, scans: [String] = usual, description: String? = description) throws {
    self.folder = try folder ?? Workplace.folder()
    try FileManager.default.createDirectory(at: raw, withIntermediateDirectories: true)
    if let description { try write(description, to: "dataset_description.json") }
    for scan in scans {
      let file = raw / scan
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Cohort.patient, to: file)
    }
  }

  func write(_ text: String, to path: String) throws {
    let file = raw / path
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// The command line of a level.
  func arguments(_ level: String, to out: URL? = nil, _ more: [String] = []) throws -> [String] {
    ["bids", raw.path, (out ?? self.out).path, level, "--bundle", try Cohort.bundle.path, "--n-cpus", "1"]
      + more
  }

  /// The bytes of all files but the results.
  func inputs() throws -> [String: Data] {
    try Dictionary(
      uniqueKeysWithValues: raw.files.filter { !$0.hasPrefix("derivatives/norma/") }
        .map { ($0, try Data(contentsOf: raw / $0)) })
  }
}
