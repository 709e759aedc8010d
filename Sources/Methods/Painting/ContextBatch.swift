import Base
package import Tensors

/// One slice of a batch while it is changed; tensors are (size, size).
struct BatchSlice {
  /// The intensity as z-scores.
  var z: Tensor
  /// 1 inside the brain, 0 outside.
  var brain: Tensor
  /// The fraction of each pixel that is lesion; nil where the batch has no lesion masks.
  var lesion: Tensor?
  /// The normal values at each pixel, (2, size, size); nil where they are not known.
  var normal: Tensor?
}

/// A batch with the normal values at its pixels, which move along with a slice.
struct ContextBatch {
  var batch: Batch
  /// (batch, 2, size, size): the mean of healthy z-scores at each pixel, and one over their standard
  /// deviation, 0 where few slices were seen; nil where that is not known.
  var normal: Tensor?

  init(_ batch: Batch, normal: Tensor? = nil) {
    self.batch = batch
    self.normal = normal
  }

  /// The slices one by one.
  func slices() throws -> [BatchSlice] {
    let z = try RobustZScale.toZ(batch.images)
    return try (0..<batch.count).map { index in
      func plane(_ planes: Tensor) throws -> Tensor { try planes.select(0, index).squeeze(0) }
      return try BatchSlice(
        z: plane(z), brain: plane(batch.brain), lesion: batch.lesions.map(plane),
        normal: normal?.select(0, index))
    }
  }

  /// A batch whose slices `make` returns, each from all slices, its index and a brush with the slice's own
  /// seed.
  ///
  /// `following` is the slice after the last one, which `make` is given as the last of all. Either all slices
  /// that are made have lesion and normal planes, or none has. Adjacent slices and tissues, which no longer
  /// fit a changed slice, are left out.
  func replaced(
    seeds: [UInt64], following: Batch? = nil,
    _ make: @Sendable ([BatchSlice], Int, inout Brush) throws -> BatchSlice
  ) throws -> ContextBatch {
    let originals = try on(.cpu).slices() + (following.map { try ContextBatch($0).slices() } ?? [])
    let slices = try batch.drawn(seeds: seeds) { try make(originals, $0, &$1) }
    func stacked(_ planes: [Tensor]) throws -> Tensor { try Tensor.stack(planes).unsqueeze(1) }
    let brain = try stacked(slices.map(\.brain))
    let lesions = slices.compactMap(\.lesion), normals = slices.compactMap(\.normal)
    let result = Batch(
      images: try RobustZScale.toInput(stacked(slices.map(\.z))) * brain, brain: brain,
      lesions: lesions.isEmpty ? nil : try stacked(lesions), z: batch.z)
    return try ContextBatch(result, normal: normals.isEmpty ? nil : .stack(normals)).on(batch.images.device)
  }

  /// Every slice mirrored left to right.
  func flipped() throws -> ContextBatch {
    ContextBatch(try batch.mirrored(), normal: try normal?.flip([3]))
  }

  private func on(_ device: Device) throws -> ContextBatch {
    ContextBatch(try batch.on(device), normal: try normal?.to(device))
  }
}

extension Batch {
  /// What `draw` returns for each slice's index, with a brush that has the slice's own seed.
  ///
  /// It runs on the processor, slices side by side: single slices are too small to keep another device busy.
  func drawn<Drawing: Sendable>(
    seeds: [UInt64], _ draw: @Sendable (Int, inout Brush) throws -> Drawing
  ) throws -> [Drawing] {
    let size = images.shape[3]
    return try concurrentMap(seeds.count) { index in
      // Whether gradients are recorded is a property of each thread.
      try withoutGradients {
        var brush = try Brush(size: size, device: .cpu, generator: SeededGenerator(seed: seeds[index]))
        return try draw(index, &brush)
      }
    }
  }

  /// One seed per slice, made of its pixels: the same in every epoch and batch, and another one for each
  /// number.
  func seeds(number: Int = 0) throws -> [UInt64] {
    try (0..<count).map { index in
      var seeds = SeededGenerator(seed: try images.select(0, index).seed(), stream: UInt64(number))
      return seeds.next()
    }
  }

  /// The fraction of each brain pixel that is lesion, (batch, 1, size, size); 0 where the batch has no lesion
  /// masks.
  package func labels() throws -> Tensor { try (lesions ?? brain.zerosLike()) * brain }
}
