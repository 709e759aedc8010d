import Base
import Tensors

/// Noise as coarse as lesions: a network that can remove it removes lesions too (Kascenas et al. 2022).
struct CoarseNoise {
  /// The direction in which noise changes the intensity.
  enum Sign: String, Codable, Hashable, Sendable, CaseIterable {
    /// Brighter and darker.
    case both
    /// Brighter; where the noise would darken, nothing is added.
    case positive
  }

  /// Nodes across the image; the noise is bilinear between them.
  let coarseness: Int
  /// Standard deviation at the nodes, in the units of the images.
  let strength: Float
  let sign: Sign

  /// Noise (batch, 1, size, size), 0 outside the brain, with one seed per slice; equal seeds give equal
  /// noise.
  func sample(_ batch: Batch, seeds: [UInt64]) throws -> Tensor {
    let noise = try batch.drawn(seeds: seeds) { try draw(&$1) }
    return try withoutGradients {
      try Tensor.stack(noise).unsqueeze(1).to(batch.brain.device) * batch.brain
    }
  }

  /// The noise of one slice, rolled by random shifts so that its nodes can be anywhere.
  private func draw(_ brush: inout Brush) throws -> Tensor {
    let noise = try brush.noise(cells: coarseness) * strength
    let shifts = (0..<2).map { _ in brush.generator.count(0...brush.size - 1) }
    let rolled = try noise.roll(shifts, dims: [0, 1])
    return switch sign {
    case .both: rolled
    case .positive: try rolled.relu()
    }
  }
}
