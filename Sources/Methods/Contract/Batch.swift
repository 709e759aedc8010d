public import Tensors

/// Slices that a model learns from or scores.
public struct Batch: Sendable {
  /// (batch, 1, size, size), normalised by the recipe, 0 outside the brain.
  public let images: Tensor
  /// (batch, 1, size, size), 1 inside the brain and 0 outside.
  public let brain: Tensor
  /// (batch, 1, size, size), fraction of each pixel that is lesion, 0 to 1; nil without lesion masks.
  public let lesions: Tensor?
  /// Template-space z in mm of each slice; nil where it is unknown.
  public let z: [Double?]
  /// A batch; all tensors have one shape. Without `z`, no slice has a known z.
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
