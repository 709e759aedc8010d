public import Tensors

/// Slices on their way through a model.
public struct Batch: Sendable {
  /// (batch, 1, size, size), normalised by the recipe, 0 outside the brain.
  public let images: Tensor
  /// (batch, 1, size, size), 1 inside the brain and 0 outside.
  public let brain: Tensor
  /// (batch, 1, size, size), share of each pixel that is lesion, 0 to 1; nil where lesions are not shown as such.
  public let lesions: Tensor?
  /// Template-space z in mm of each slice; nil where it is not known.
  public let z: [Double?]
  /// A batch; all tensors of one shape, without `z` none is known.
  public init(images: Tensor, brain: Tensor, lesions: Tensor? = nil, z: [Double?]? = nil) {
    (self.images, self.brain, self.lesions) = (images, brain, lesions)
    self.z = z ?? Array(repeating: nil, count: images.shape[0])
  }

  /// Slices per batch.
  public var count: Int { images.shape[0] }
}

extension Batch {
  /// The same batch on another device.
  package func on(_ device: Device) throws -> Batch {
    guard images.device != device else { return self }
    return Batch(
      images: try images.to(device), brain: try brain.to(device), lesions: try lesions?.to(device), z: z)
  }
}
