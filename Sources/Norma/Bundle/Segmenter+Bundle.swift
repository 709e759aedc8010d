public import Tensors

extension Segmenter {
  /// Loads the weights of a bundle onto a device.
  public convenience init(bundle: ModelBundle, device: Device = .cpu) throws {
    self.init(
      scorer: try bundle.scorer(device: device), recipe: bundle.description.configuration.recipe,
      domain: bundle.description.domain)
  }
}
