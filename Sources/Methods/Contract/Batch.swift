public import Tensors

/// Slices that a model learns from or scores.
public struct Batch: Sendable {
  /// (batch, 1, size, size), normalised by the recipe, 0 outside the brain.
  public let images: Tensor
  /// (batch, 1, size, size), 1 inside the brain and 0 outside.
  public let brain: Tensor
  /// (batch, 1, size, size), fraction of each pixel that is lesion, 0 to 1; nil without lesion masks.
  public let lesions: Tensor?
  /// (batch, 2, size, size), the slices below and above at the distance that the recipe names, normalised as
  /// ``images`` and 0 outside their brain; nil where the recipe asks for none.
  public let adjacent: Tensor?
  /// (batch, 8, size, size), 1 for each ``Tissue`` that a pixel may belong to, else 0; nil without labels of
  /// tissues.
  public let tissues: Tensor?
  /// Template-space z in mm of each slice; nil where it is unknown.
  public let z: [Double?]
  /// A batch; all tensors have one size. Without `z`, no slice has a known z.
  public init(
    images: Tensor, brain: Tensor, lesions: Tensor? = nil, adjacent: Tensor? = nil, tissues: Tensor? = nil,
    z: [Double?]? = nil
  ) {
    (self.images, self.brain, self.lesions) = (images, brain, lesions)
    (self.adjacent, self.tissues) = (adjacent, tissues)
    self.z = z ?? Array(repeating: nil, count: images.shape[0])
  }

  /// Slices per batch.
  public var count: Int { images.shape[0] }
}

extension Batch {
  /// The same batch on another device.
  package func on(_ device: Device) throws -> Batch {
    guard images.device != device else { return self }
    return try map { try $0.to(device) }
  }

  /// Every slice mirrored left to right.
  package func mirrored() throws -> Batch { try map { try $0.flip([3]) } }

  /// The batch with every tensor changed in the same way.
  private func map(_ change: (Tensor) throws -> Tensor) throws -> Batch {
    Batch(
      images: try change(images), brain: try change(brain), lesions: try lesions.map(change),
      adjacent: try adjacent.map(change), tissues: try tissues.map(change), z: z)
  }
}
