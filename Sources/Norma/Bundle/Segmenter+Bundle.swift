public import Tensors

extension Segmenter {
  /// Loads a bundle's weights onto a device.
  public convenience init(bundle: ModelBundle, device: Device = .cpu) throws {
    self.init(
      scorer: try bundle.scorer(device: device), recipe: bundle.manifest.configuration.recipe,
      domain: bundle.manifest.domain)
  }
}
