import Foundation
import Testing

import Norma

/// A small simulated cohort and the models trained on it by the command, made once per test process.
enum Cohort {
  /// 5 people to train on, 2 to validate, 2 patients.
  static let folder = Result {
    let folder = Workplace.root / "cohort"
    let options = SimulationOptions(
      cases: 9, seed: 7, voxelSize: [6, 6, 8], zRange: 0...32, trainFraction: 0.56, validationFraction: 0.22)
    try Simulator(anatomies: [.phantom], options: options, settings: alike).writeCohort(to: folder)
    return folder
  }

  /// People so alike that five of them say what is normal.
  private static var alike: SynthesisSettings {
    var settings = Simulator.settings
    (settings.shape.rotation, settings.shape.shift, settings.shape.mirror) = (1, 1, 0)
    (settings.shape.scale, settings.shape.elastic) = ([0.98, 1.02], [0, 1])
    settings.shape.ventricles = [0, 0.5]
    (settings.contrast.grey, settings.contrast.fluid) = ([1.15, 1.25], [0.15, 0.25])
    (settings.contrast.greyVariation, settings.contrast.symmetricVariation) = ([0, 0.02], [0, 0.02])
    (settings.contrast.rims, settings.contrast.plexus) = (0, 0)
    (settings.contrast.edges, settings.contrast.flow) = (0, 0)
    (settings.acquisition.gain, settings.acquisition.offset) = ([1, 1], 0)
    settings.lesions.intensity = [1.7, 1.9]
    return settings
  }

  static var manifest: URL { get throws { try folder.get() / "manifest.tsv" } }

  /// A patient's scan.
  static var patient: URL { get throws { try folder.get() / "sub-008/anat/sub-008_FLAIR.nii.gz" } }

  /// That patient's brain mask.
  static var brain: URL { get throws { try folder.get() / "sub-008/anat/sub-008_desc-brain_mask.nii.gz" } }

  /// The grid that keeps models small enough for a test.
  static let smallGrid = ["--set", "recipe.gridSize=32", "--set", "recipe.gridSpacing=6"]
  /// A VAE of two narrow layers, one epoch.
  static let smallVAE =
    smallGrid + [
      "--set", "training.epochs=1", "--set", "model.network.channels=[4,8]", "--set",
      "model.network.denseSize=4", "--set",
      "model.network.denseChannels=2", "--set", "model.network.spatialChannels=4",
    ]

  static func settings(_ preset: String) -> [String] { preset.hasSuffix("vae") ? smallVAE : smallGrid }

  static let presets = ["brightness", "normative", "dense-vae", "spatial-vae"]

  private static let normativeRun = Result { try train("normative", name: "normative") }
  private static let denseRun = Result { try train("dense-vae", name: "dense-vae") }
  private static let spatialRun = Result { try train("spatial-vae", name: "spatial-vae") }
  private static let brightnessRun = Result { try train("brightness", name: "brightness") }

  /// The run folder of a preset's model.
  static func run(_ preset: String) throws -> URL {
    switch preset {
    case "normative": try normativeRun.get()
    case "dense-vae": try denseRun.get()
    case "spatial-vae": try spatialRun.get()
    default: try brightnessRun.get()
    }
  }

  /// The bundle of the normative model.
  static var bundle: URL { get throws { try run("normative") / "bundle" } }

  /// A copy of a bundle, to be damaged.
  static func copyOfBundle(_ preset: String = "normative") throws -> URL {
    let copy = try Workplace.folder() / "bundle"
    try FileManager.default.copyItem(at: run(preset) / "bundle", to: copy)
    return copy
  }

  private static func train(_ preset: String, name: String) throws -> URL {
    let run = Workplace.root / "run-\(name)"
    let outcome = try Tool.succeed(
      ["train", "--preset", preset, "--data", manifest.path, "-o", run.path, "--threads", "1"]
        + settings(preset))
    #expect(outcome.results == [(run / "bundle").path])
    return run
  }
}
