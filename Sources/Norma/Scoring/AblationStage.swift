import Methods

/// A step of post-processing added to the steps before it, to measure what each step contributes.
public struct AblationStage: Hashable, Sendable {
  /// Name of the step that was added last.
  public let name: String
  /// The settings with this step and all steps before it.
  public let settings: ScoringSettings
}

extension ScoringSettings {
  /// The stages from the raw map to these settings, the same for every method and for the baselines: absolute
  /// residual, positive part, median, eroded mask, brightness prior (if it is set), component filter. A
  /// residual without a sign has no positive part; a method that does not reconstruct ignores the residual.
  public var ablation: [AblationStage] {
    var settings = self
    settings.residual = residual == .positive ? .absolute : residual
    (settings.median, settings.medianDepth, settings.erosion) = (1, 1, 0)
    (settings.intensityPrior, settings.minimumLesionSize) = (0, 0)
    var stages = [AblationStage(name: "raw", settings: settings)]
    func add(_ name: String, _ change: (inout ScoringSettings) -> Void) {
      change(&settings)
      stages.append(AblationStage(name: name, settings: settings))
    }
    if residual == .positive { add("positive part") { $0.residual = .positive } }
    add("median") { ($0.median, $0.medianDepth) = (median, medianDepth) }
    add("eroded mask") { $0.erosion = erosion }
    if intensityPrior > 0 { add("brightness prior") { $0.intensityPrior = intensityPrior } }
    add("component filter") { $0.minimumLesionSize = minimumLesionSize }
    return stages
  }
}
