public import Cohort
public import Foundation
public import Tensors

/// The recalibration of a bundle on your own lesion-free scans, or on simulated lesion-free brains.
public struct BundleCalibration {
  private let bundle: ModelBundle
  private let configuration: Configuration

  /// Creates the recalibration of a bundle, whose model stays unchanged, with other settings of scoring or
  /// calibration, such as `scoring.minimumLesionSize=20`.
  ///
  /// - Throws: A ``Problem`` for a setting of the model or of its training, or a ``ConfigurationError``.
  public init(_ bundle: ModelBundle, settings: [String] = []) throws {
    self.bundle = bundle
    configuration = try bundle.description.configuration.recalibrated(with: settings)
  }

  /// Measures the thresholds on the validation scans of `data`, or on brains made from its validation anatomies,
  /// and writes a new bundle.
  ///
  /// - Parameters:
  ///   - data: The cohort; only its lesion-free validation scans count, or its validation anatomies.
  ///   - anatomies: The files that anatomies need; nil: `data` has none.
  ///   - name: The name of the new bundle.
  ///   - description: The participants and scans in plain words; nil keeps those of the old bundle.
  ///   - url: The folder to write; a bundle that exists there is replaced.
  ///   - device: Where the scans are scored.
  ///   - progress: Gets the numbers of finished scans and of all scans.
  /// - Returns: The bundle at `url`.
  /// - Throws: A ``Problem`` of kind `badData` if no validation scan is lesion-free, `cannotCreate` if `url`
  ///   exists and is not a bundle.
  public func write(
    on data: Manifest, anatomies: AnatomyFiles? = nil, name: String, description: String?, to url: URL,
    device: Device = .cpu,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ModelBundle {
    try ModelBundle.requireRoom(at: url)
    var scorer = try bundle.scorer(device: device)
    scorer.chain.settings = configuration.scoring
    let calibration = try Calibration(
      of: scorer, configuration: configuration, on: data, anatomies: anatomies, progress: progress)
    var provenance = bundle.description.provenance
    provenance.data = description ?? provenance.data
    try ModelBundle.write(
      scorer, configuration: configuration, calibration: calibration, domain: bundle.description.domain,
      provenance: provenance, name: name, to: url)
    return try ModelBundle(contentsOf: url)
  }
}

extension Calibration {
  /// Measures a trained model on the validation scans of a manifest, or on brains made from its validation
  /// anatomies.
  init(
    of scorer: Scorer, configuration: Configuration, on data: Manifest, anatomies files: AnatomyFiles? = nil,
    progress: (Int, Int) throws -> Void
  ) throws {
    try data.requireFiles()
    let split = try data.assigningSplits { try $0.hasLesion() }
    let brains = try files?.anatomies(of: split.anatomies(in: .validation))
      .map { try SyntheticBrains(of: $0, configuration: configuration) }
    let calibrator = try Calibrator(
      configuration: configuration, split: split, brains: brains, device: scorer.device)
    self = try calibrator.calibrate(scorer, progress: progress)
  }
}
