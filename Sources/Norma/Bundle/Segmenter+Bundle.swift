public import Methods
public import Tensors

extension Segmenter {
  /// Loads the weights of a bundle onto a device. Networks run in `precision`; the thresholds of a bundle were
  /// measured in float32.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the weights do not match the configuration.
  public convenience init(bundle: ModelBundle, device: Device = .cpu, precision: Precision = .float32) throws
  {
    self.init(
      scorer: try bundle.scorer(device: device, precision: precision),
      recipe: bundle.description.configuration.recipe, domain: bundle.description.domain,
      precision: precision)
  }
}
