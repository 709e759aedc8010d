import Base
import Cohort
import Methods

/// What a bundle is, in plain words.
struct ModelCard {
  private let description: BundleDescription

  init(_ description: BundleDescription) { self.description = description }

  var text: String {
    let configuration = description.configuration, provenance = description.provenance
    let levels = configuration.recipe.zRange
    let summary = (try? MethodRegistry.entry(configuration.method).summary) ?? configuration.method
    return """
      # \(description.name)

      **Research use only. Not a medical device; not for diagnosis.**

      ## What it is

      The method `\(configuration.method)`: \(summary).

      \(learned) The anomaly map it makes is 0 where a voxel is as expected and grows with the distance from that.

      ## Data

      \(provenance.data.isEmpty ? "Not described by whoever trained it." : provenance.data)

      - training: \(provenance.trainingCases) scans, \(provenance.trainingSlices) slices
      - \(validation): \(provenance.validationCases) scans, \(provenance.validationSlices) slices
      - axial levels: \(levels.isEmpty ? "all" : "template-space z \(levels[0]) to \(levels[1]) mm only")

      ## What it eats

      A \(configuration.recipe.contrast.isEmpty ? "scan" : configuration.recipe.contrast) as the scanner made it, or stripped \
      and registered already; brightness is normalised as
      `\(configuration.recipe.normalization.rawValue)`, slices are laid on a grid of \(configuration.recipe.gridSize) x \
      \(configuration.recipe.gridSize) pixels of \(configuration.recipe.gridSpacing) mm.

      ## Threshold

      From \(description.calibration.cases) lesion-free validation scans (\(description.calibration.voxels) brain voxels):

      | false-positive rate on them | threshold |
      |---|---|
      \(Calibration.reportedRates.compactMap(row).joined(separator: "\n"))

      `norma segment` uses \(percent(configuration.calibration.defaultRate)) unless told otherwise. A rate measured
      on these people need not hold on others. \(reliability)
      """ + "\n" + otherThresholds
  }

  /// How well the rates hold for people whose scores found no threshold.
  private var reliability: String {
    guard let reliability = description.calibration.reliability else {
      return "How well it holds for people held back was not measured; that takes three lesion-free people."
    }
    let rows = reliability.points.map { point in
      let numbers = [point.observed] + point.interval + point.perParticipant
      let percents = numbers.map { ($0 * 100).formatted(fraction: 2) }
      return "| \(percent(point.stated)) | \(percents[0]) % [\(percents[1]), \(percents[2])] "
        + "| \(percents[3]) to \(percents[4]) % |"
    }
    return """
      Of \(reliability.participants) people, each held back from the thresholds of the others:

      | stated | observed over all voxels [95 %] | in single people (5th to 95th percentile) |
      |---|---|---|
      \(rows.joined(separator: "\n"))
      """
  }

  private var learned: String {
    switch description.configuration.training.exclusion {
    case .slices: "It learned from slices without annotated lesions and was never shown a lesion."
    case .voxels:
      "It learned from what lies 3 mm or more from every annotated lesion; no lesion was shown to it as one."
    case .none: "It learned from all slices, lesions included, and was given their masks."
    }
  }

  private var validation: String {
    switch description.configuration.training.exclusion {
    case .slices, .voxels: "lesion-free validation, which chose the weights and the threshold"
    case .none: "validation, which chose the weights, and its lesion-free scans the threshold"
    }
  }

  /// The thresholds of training and labelled validation scans, where there are any.
  private var otherThresholds: String {
    var lines = [String]()
    if let percentiles = description.calibration.trainingPercentiles {
      let values = percentiles.curve.map {
        "\($0.threshold.formatted(fraction: 4)) (\(Int($0.percentile))th)"
      }
      lines.append(
        "- percentiles of the score in \(percentiles.cases) lesion-free training scans: "
          + values.joined(separator: ", "))
    }
    if let labelled = description.calibration.labelledValidation {
      lines.append(
        "- best Dice (\(labelled.dice.formatted(fraction: 3))) on \(labelled.cases) validation scans with lesions: "
          + labelled.threshold.formatted(fraction: 4))
    }
    guard !lines.isEmpty else { return "" }
    return "\nOther thresholds (`--threshold-from`):\n\n" + lines.joined(separator: "\n") + "\n"
  }

  private func row(_ rate: Double) -> String? {
    (try? description.calibration.threshold(atRate: rate)).map {
      "| \(percent(rate)) | \($0.formatted(fraction: 4)) |"
    }
  }

  private func percent(_ rate: Double) -> String { "\((rate * 100).formatted(fraction: 0)) %" }
}
