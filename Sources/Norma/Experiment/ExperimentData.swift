import Base
import Cohort
import Foundation
import Volumes

/// The data of an experiment, for its results.
public struct ExperimentData: Codable, Hashable, Sendable {
  /// Description by the user.
  public let description: String
  /// File name of the manifest.
  public let source: String
  /// Number of scans in each split; of anatomies in training and validation, if slices are synthesised from those.
  public let training, validation, test: Int
  /// Whether training and calibration use synthetic slices and brains.
  public let isSynthetic: Bool

  init(_ split: Manifest, description: String) {
    self.description = description
    source = split.source.lastPathComponent
    isSynthetic = !split.anatomies(in: .train).isEmpty
    training = isSynthetic ? split.anatomies(in: .train).count : split.cases(in: .train).count
    validation = isSynthetic ? split.anatomies(in: .validation).count : split.cases(in: .validation).count
    test = split.cases(in: .test).count
  }

  /// Throws a ``Problem`` for a cohort that cannot train, calibrate and test.
  static func check(_ split: Manifest) throws {
    func refuse(_ what: String, _ advice: String) -> Problem {
      Problem(.badData, what, at: split.source.path, advice: advice)
    }
    guard !split.cases(in: .train).isEmpty || !split.anatomies(in: .train).isEmpty else {
      throw refuse(
        "there is no training case", "give lesion-free scans, or mark some with 'train' in the split column")
    }
    guard
      try !split.anatomies(in: .validation).isEmpty
        || split.cases(in: .validation).contains(where: { try !$0.hasLesion() })
    else {
      throw refuse(
        "there is no lesion-free validation case, so no threshold can be calibrated",
        "mark some lesion-free scans with 'validation' in the split column")
    }
    guard split.cases(in: .test).contains(where: { $0.lesionMask != nil }) else {
      let elsewhere = split.cases.contains { $0.lesionMask != nil }
      throw refuse(
        elsewhere
          ? "lesion masks are given outside the test split only" : "no test case has a lesion mask",
        "the comparison needs test cases with a lesion_mask")
    }
    try checkSizes(split)
  }

  /// Throws a ``Problem`` for PNG slices that differ in shape: without a header they have no size in mm, and
  /// can be compared only if all have the same pixels.
  private static func checkSizes(_ split: Manifest) throws {
    var first: (shape: [Int], id: String)?
    for scan in split.cases where scan.image.pathExtension.lowercased() == "png" {
      let shape = try VolumeReader.readGeometry(scan.image).shape
      if let first, first.shape != shape {
        throw Problem(
          .badData,
          "image sizes differ: '\(first.id)' has \(first.shape[0])x\(first.shape[1]) pixels, '\(scan.id)' "
            + "\(shape[0])x\(shape[1])", at: scan.image.path,
          advice: "resample all slices to one pixel size, or give NIfTI files, whose headers state it")
      }
      first = first ?? (shape, scan.id)
    }
  }
}
