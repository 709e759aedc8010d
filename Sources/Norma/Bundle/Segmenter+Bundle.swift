public import Tensors

extension Segmenter {
  /// Loads the weights of a bundle onto a device.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the weights do not match the configuration.
  public convenience init(bundle: ModelBundle, device: Device = .cpu) throws {
    self.init(
      scorer: try bundle.scorer(device: device), recipe: bundle.description.configuration.recipe,
      domain: bundle.description.domain)
  }
}
