import Methods

/// One step of post-processing added to those before it, so that what each is worth can be told.
public struct AblationStage: Hashable, Sendable {
  /// The step that was added last.
  public let name: String
  /// The settings with this step and all before it.
  public let settings: ScoringSettings
}

extension ScoringSettings {
  /// The same chain for every method and for the baselines, from the raw map to these settings: absolute residual,
  /// positive part, median, eroded mask, brightness prior (where it is set), component filter. A residual without
  /// a sign has no positive part; a method that does not reconstruct takes no notice of it.
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
