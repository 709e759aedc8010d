public import Cohort
public import Foundation
public import Tensors

/// A bundle whose thresholds are measured anew, on lesion-free scans of somebody's own.
public struct BundleCalibration {
  private let bundle: ModelBundle

  /// Of this bundle, whose model stays as it is.
  public init(_ bundle: ModelBundle) { self.bundle = bundle }

  /// Measures on the validation scans of `data`, writes a bundle and returns it; `description` is plain words about all
  /// people and scans. Throws a ``Problem`` without a lesion-free validation scan.
  public func write(
    on data: Manifest, name: String, description: String?, to url: URL, device: Device = .cpu,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ModelBundle {
    try ModelBundle.requireRoom(at: url)
    let scorer = try bundle.scorer(device: device), configuration = bundle.description.configuration
    let calibration = try Calibration(
      of: scorer, configuration: configuration, on: data, progress: progress)
    var provenance = bundle.description.provenance
    provenance.data = description ?? provenance.data
    try ModelBundle.write(
      scorer, configuration: configuration, calibration: calibration, domain: bundle.description.domain,
      provenance: provenance, name: name, to: url)
    return try ModelBundle(contentsOf: url)
  }
}

extension Calibration {
  /// Measures a finished model on the validation scans of a manifest.
  init(
    of scorer: Scorer, configuration: Configuration, on data: Manifest, progress: (Int, Int) throws -> Void
  ) throws {
    try data.requireFiles()
    let split = try data.assigningSplits { try $0.hasLesion() }
    let calibrator = try Calibrator(configuration: configuration, split: split, device: scorer.device)
    self = try calibrator.calibrate(scorer, progress: progress)
  }
}
