import Base
import Cohort
import Foundation
import Volumes

/// What an experiment was run on, for its results.
public struct ExperimentData: Codable, Hashable, Sendable {
  /// Plain words, given by whoever ran it.
  public let description: String
  /// The manifest.
  public let source: String
  /// Scans in each split.
  public let training, validation, test: Int

  init(_ split: Manifest, description: String) {
    self.description = description
    source = split.source.lastPathComponent
    training = split.cases(in: .train).count
    validation = split.cases(in: .validation).count
    test = split.cases(in: .test).count
  }

  /// Refuses a cohort that cannot train, calibrate and test, before anything is trained.
  static func check(_ split: Manifest) throws {
    func refuse(_ what: String, _ advice: String) -> Problem {
      Problem(.badData, what, at: split.source.path, advice: advice)
    }
    guard !split.cases(in: .train).isEmpty else {
      throw refuse(
        "there is no training case", "give lesion-free scans, or mark some with 'train' in the split column")
    }
    guard try split.cases(in: .validation).contains(where: { try !$0.hasLesion() }) else {
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

  /// Slices without a header have no size in mm: they can be compared only when all have the same pixels.
  private static func checkSizes(_ split: Manifest) throws {
    var first: (shape: [Int], id: String)?
    for scan in split.cases where scan.image.pathExtension.lowercased() == "png" {
      let shape = try VolumeReader.readGeometry(scan.image).shape
      if let first, first.shape != shape {
        throw Problem(
          .badData,
          "image sizes differ: '\(first.id)' has \(first.shape[0])x\(first.shape[1]) pixels, '\(scan.id)' "
            + "\(shape[0])x\(shape[1])", at: scan.image.path,
          advice: "resample all slices to one pixel size, or give NIfTI files, whose headers say theirs")
      }
      first = first ?? (shape, scan.id)
    }
  }
}
