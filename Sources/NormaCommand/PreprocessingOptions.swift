public import ArgumentParser
import Foundation
public import Norma
import Tensors

/// What a command that takes raw scans lets its user say about them.
struct PreprocessingOptions: ParsableArguments {
  @Option(help: "Whether the scans have their skull: present, absent, or auto to tell it from each scan.")
  var skull = SkullState.auto

  /// The steps before scoring.
  func preprocessing(_ settings: PreprocessingSettings, weights: String? = nil, device: Device)
    -> Preprocessor
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
