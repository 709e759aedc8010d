public import ArgumentParser
import Foundation
public import Norma
import Tensors

/// The options of a command that takes raw scans.
struct PreprocessingOptions: ParsableArguments {
  @Option(help: "Whether the scans show the skull: present, absent, or auto to detect it in each scan.")
  var skull = SkullState.auto

  /// The preprocessor of these settings.
  func preprocessor(_ settings: PreprocessingSettings, weights: String? = nil, device: Device) -> Preprocessor
  {
    var resources = InstalledFiles.preprocessing
    if let weights {
      resources = Preprocessor.Resources(
        brainWeights: URL(fileURLWithPath: weights), template: resources.template)
    }
    return Preprocessor(settings: settings, resources: resources, skull: skull, device: device)
  }
}

extension SkullState: ExpressibleByArgument {}
