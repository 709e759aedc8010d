import Base
import Cohort
import Foundation
import Methods

/// The model card of a bundle; ``ModelBundle/addToCard(section:text:)`` adds results.
struct ModelCard {
  private let description: BundleDescription

  init(_ description: BundleDescription) { self.description = description }

  var text: String {
    let configuration = description.configuration, provenance = description.provenance
    let recipe = configuration.recipe, zRange = recipe.zRange
    let summary = (try? MethodRegistry.entry(configuration.method).summary) ?? configuration.method
    return """
      # \(description.name)

      **Research use only. Not a medical device; not for diagnosis.**

      ## Model

      Method `\(configuration.method)`: \(summary).

      \(training) The anomaly map is 0 where a voxel is as expected and increases with the deviation.

      ## Data

      \(provenance.data.isEmpty ? "No description was given at training." : provenance.data)

      - training: \(provenance.trainingCases) \(cases), \(provenance.trainingSlices) slices
      - validation (\(validation)): \(provenance.validationCases) \(cases), \
      \(provenance.validationSlices) slices
      - axial range: \(zRange.isEmpty ? "all slices" : "template-space z \(zRange[0]) to \(zRange[1]) mm")

      ## Input

      A \(recipe.contrast.isEmpty ? "" : "\(recipe.contrast) ")scan, raw or skull-stripped and registered. \
      Intensities are normalised by `\(recipe.normalization.rawValue)`; slices are resampled to \
      \(recipe.gridSize) x \(recipe.gridSize) pixels of \(recipe.gridSpacing) mm.

      ## Threshold

      Measured on \(measured) \
      (\(description.calibration.voxels) brain voxels):

      | false-positive rate | threshold |
      |---|---|
      \(Calibration.reportedRates.compactMap(row).joined(separator: "\n"))

      `norma segment` uses \(percent(configuration.calibration.defaultRate)) by default\
      \(regions.isEmpty ? "" : " for single slices"). The rate may differ on \(description.isSimulated ? "" : "other ")scans. \(reliability)
      """ + "\n" + otherThresholds + regions
  }

  private var unit: String { description.calibrationUnit }
  private var isSynthetic: Bool { description.provenance.isSynthetic == true }
  private var cases: String { isSynthetic ? "anatomies" : "scans" }

  private var training: String {
    if isSynthetic {
      let painted =
        description.configuration.training.exclusion == .none ? "with painted lesions" : "without lesions"
      return "It was trained on synthetic slices of anatomies \(painted); it saw no lesion mask of a scan."
    }
    return switch description.configuration.training.exclusion {
    case .slices:
      "It was trained on slices without annotated lesions; lesions without annotation count as normal."
    case .voxels: "It was trained on voxels at least 3 mm from annotated lesions, not on lesions."
    case .none: "It was trained on all slices, including lesions, and on their lesion masks."
    }
  }

  private var validation: String {
    if isSynthetic {
      let normal = description.isSimulated ? "simulated lesion-free brains" : "lesion-free scans"
      return "it selected the weights; \(normal) gave the thresholds"
    }
    return switch description.configuration.training.exclusion {
    case .slices: "lesion-free; it selected the weights and the thresholds"
    case .voxels: "lesions excluded; it selected the weights and the thresholds"
    case .none: "it selected the weights, and its lesion-free scans the thresholds"
    }
  }

  /// What the rates were measured on.
  private var measured: String {
    description.isSimulated
      ? description.calibrationBrain : "\(description.calibration.cases) \(normal("validation scans"))"
  }

  /// Returns a description of the part of these scans that counts as normal.
  private func normal(_ scans: String) -> String {
    description.configuration.training.exclusion == .voxels
      ? "\(scans), at least 6 mm from annotated lesions" : "lesion-free \(scans)"
  }

  /// The rates of participants against the thresholds of the others.
  private var reliability: String {
    guard let reliability = description.calibration.reliability else {
      return "Its variation between \(unit)s was not measured, which requires three \(unit)s."
    }
    let rows = reliability.points.map { point in
      let numbers = [point.observed] + point.interval + point.perParticipant
      let percents = numbers.map { ($0 * 100).formatted(fraction: 2) }
      return "| \(percent(point.stated)) | \(percents[0]) % [\(percents[1]), \(percents[2])] "
        + "| \(percents[3]) to \(percents[4]) % |"
    }
    return """
      Each of the \(reliability.participants) \(unit)s was compared with the thresholds of the others:

      | stated | observed over all voxels [95 %] | observed per \(unit) (5th to 95th percentile) |
      |---|---|---|
      \(rows.joined(separator: "\n"))
      """
  }

  /// The thresholds from training scans and from labelled validation scans, if there are any.
  private var otherThresholds: String {
    var lines = [String]()
    if let percentiles = description.calibration.trainingPercentiles {
      let values = percentiles.curve.map {
        "\($0.threshold.formatted(fraction: 4)) (\(Int($0.percentile))th)"
      }
      lines.append(
        "- percentiles of the score in \(percentiles.cases) \(normal("training scans")): "
          + values.joined(separator: ", "))
    }
    if let labelled = description.calibration.labelledValidation {
      lines.append(
        "- best Dice (\(labelled.dice.formatted(fraction: 3))) on \(labelled.cases) "
          + "validation scans with lesions: \(labelled.threshold.formatted(fraction: 4))")
    }
    guard !lines.isEmpty else { return "" }
    return "\nOther thresholds (`--threshold-from`):\n\n" + lines.joined(separator: "\n") + "\n"
  }

  /// The peak thresholds of regions, if their numbers were measured.
  private var regions: String {
    let scoring = description.configuration.scoring
    guard let regions = description.calibration.regions else { return "" }
    let rows = regions.curve(minimumVolume: scoring.minimumLesionSize).map {
      "| \(String(format: "%g", $0.falseRegions)) | \($0.peak.formatted(fraction: 4)) |"
    }
    let count = description.configuration.calibration.falseRegions
    return """

      ## Regions

      In volumes `norma segment` allows \(String(format: "%g", count)) false \(count == 1 ? "region" : "regions") per \
      brain by default: it keeps the regions above \(regions.extent.formatted(fraction: 4)) whose highest score \
      exceeds a peak threshold. Measured on \(description.calibrationBrain): \(regions.scans) volumes with \
      \(regions.brainML.formatted(fraction: 0)) mL of brain, where 1,200 mL count as one brain.

      | false regions per brain | peak threshold |
      |---|---|
      \(rows.joined(separator: "\n"))

      """
  }

  private func row(_ rate: Double) -> String? {
    (try? description.calibration.threshold(atRate: rate)).map {
      "| \(percent(rate)) | \($0.formatted(fraction: 4)) |"
    }
  }

  private func percent(_ rate: Double) -> String { "\((rate * 100).formatted(fraction: 0)) %" }
}
