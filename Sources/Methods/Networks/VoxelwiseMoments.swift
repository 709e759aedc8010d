package import Tensors

/// The running count, mean and sum of squared deviations at every pixel of the model grid, for all slices
/// together or for axial bins: one pass over any number of slices.
///
/// Batches are merged as by Chan, Golub and LeVeque (1983), which in single precision does not cancel as
/// E[x²] - E[x]² does.
package struct VoxelwiseMoments {
  private let bins: AxialBins?
  private let size: Int
  private let device: Device
  /// (bins, size * size); `m2` is the sum of squared deviations from the mean.
  private var count, mean, m2: Tensor

  /// Without bins all slices count the same, wherever they are.
  package init(size: Int, bins: AxialBins? = nil, device: Device) throws {
    (self.bins, self.size, self.device) = (bins, size, device)
    func zeros() throws -> Tensor { try .zeros([bins?.count ?? 1, size * size], device: device) }
    (count, mean, m2) = (try zeros(), try zeros(), try zeros())
  }

  /// Adds (batch, 1, size, size) values with weights of 0 or 1. Slices of unknown z belong to none of the
  /// bins.
  package mutating func add(_ values: Tensor, weights: Tensor, at z: [Double?]) throws {
    let assignment = try matrix(z.map { bins?.membership(of: $0) ?? [1] })
    let perBin = try assignment.transpose(0, 1)
    let (values, weights) = (try flat(values), try flat(weights))
    let added = try perBin.matmul(weights)
    let addedMean = try perBin.matmul(values * weights) / added.clamp(min: 1)
    let addedM2 = try perBin.matmul((values - assignment.matmul(addedMean)).square() * weights)
    let difference = try addedMean - mean
    let total = try count + added
    let fraction = try added / total.clamp(min: 1)
    mean = try mean + difference * fraction
    m2 = try m2 + addedM2 + difference.square() * count * fraction
    count = total
  }

  /// The count, mean and population variance, (size, size) or (bins, size, size); 0 where nothing was added.
  package func maps() throws -> (count: Tensor, mean: Tensor, variance: Tensor) {
    (try map(count), try map(mean), try map(m2 / count.clamp(min: 1)))
  }

  /// The normal values at the pixels of a batch of slices, each tensor (batch, 1, size, size).
  struct Normal {
    let mean, deviation: Tensor
    /// 1 where enough slices were seen, 0 elsewhere.
    let isKnown: Tensor
  }

  /// The mean and standard deviation at these z, to which neighbouring bins lend their slices. Both are shrunk
  /// towards those of all pixels of the slice with the weight of `shrinkage` slices.
  func normal(at z: [Double?], shrinkage: Float, minimumCount: Float) throws -> Normal {
    let lending = try matrix(z.map { bins?.kernel(around: $0) ?? [1] })
    let seen = try lending.matmul(count), divisor = try seen.clamp(min: 1e-6)
    // With lending weights k and any centre c, the pooled mean is m = c + Σ k n (mean - c) / Σ k n and the
    // pooled variance Σ k (m2 + n (mean - c)²) / Σ k n - (m - c)². As c, the mean over all bins keeps the
    // terms small.
    let centre = try (mean * count).sum([0], keepDim: true) / count.sum([0], keepDim: true).clamp(min: 1)
    let offset = try mean - centre
    let pooledOffset = try lending.matmul(offset * count) / divisor
    var mean = try centre * (seen / divisor) + pooledOffset
    var variance = try (lending.matmul(m2 + offset.square() * count) / divisor - pooledOffset.square())
      .clamp(min: 0)
    if shrinkage > 0 {
      let total = try seen.sum([1], keepDim: true).clamp(min: 1e-6)
      let sliceMean = try (mean * seen).sum([1], keepDim: true) / total
      let spread = try variance + (mean - sliceMean).square()
      let sliceVariance = try (spread * seen).sum([1], keepDim: true) / total
      mean = try (mean * seen + sliceMean * shrinkage) / (seen + shrinkage)
      variance = try (variance * seen + sliceVariance * shrinkage) / (seen + shrinkage)
    }
    return Normal(
      mean: try images(mean), deviation: try images(variance.sqrt()),
      isKnown: try images(1 - seen.less(than: minimumCount).to(.float32)))
  }

  var state: [String: Tensor] {
    get throws { ["count": try map(count), "mean": try map(mean), "m2": try map(m2)] }
  }

  mutating func load(state: [String: Tensor]) throws {
    let shape = count.shape, like = try map(count)
    func flat(_ name: String) throws -> Tensor { try state.tensor(name, like: like).reshape(shape) }
    (count, mean, m2) = (try flat("count"), try flat("mean"), try flat("m2"))
  }

  private func map(_ flat: Tensor) throws -> Tensor {
    try flat.reshape(bins == nil ? [size, size] : [flat.shape[0], size, size])
  }

  private func flat(_ images: Tensor) throws -> Tensor { try images.reshape([images.shape[0], size * size]) }

  private func images(_ flat: Tensor) throws -> Tensor { try flat.reshape([flat.shape[0], 1, size, size]) }

  private func matrix(_ rows: [[Float]]) throws -> Tensor {
    try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count], device: device)
  }
}
