import Base
package import Tensors

/// One slice of a batch while it is changed; tensors are (size, size).
package struct BatchSlice {
  /// Brightness in robust standard deviations from the brain's median.
  var z: Tensor
  /// 1 inside the brain, 0 outside.
  var brain: Tensor
  /// Share of each pixel that is lesion; nil where the batch says nothing of lesions.
  var lesion: Tensor?
  /// What is normal at each pixel, (2, size, size); nil where that is not known.
  var normal: Tensor?
}

extension Batch {
  /// Brightness in robust standard deviations from the brain's median, as the recipe scales it: (batch, 1, size, size).
  package func zScores() throws -> Tensor { try (images - 0.5) * 10 }

  /// The slices one by one.
  package func slices() throws -> [BatchSlice] {
    let z = try zScores()
    return try (0..<count).map { index in
      func plane(_ planes: Tensor) throws -> Tensor { try planes.select(0, index).squeeze(0) }
      return try BatchSlice(
        z: plane(z), brain: plane(brain), lesion: lesions.map(plane), normal: normal?.select(0, index))
    }
  }

  /// Slices of the same grid, each made by `make` of all slices and the following one from its number and a brush that draws by the slice's own
  /// seed; all of them or none must have lesion and normal planes.
  package func replaced(
    seeds: [UInt64], _ make: @Sendable ([BatchSlice], Int, inout Brush) throws -> BatchSlice
  ) throws -> Batch {
    let originals = try on(.cpu).slices() + [following].compactMap { $0 }
    let slices = try drawn(seeds: seeds) { try make(originals, $0, &$1) }
    func stacked(_ planes: [Tensor]) throws -> Tensor { try Tensor.stack(planes).unsqueeze(1) }
    let brain = try stacked(slices.map(\.brain)), lesions = slices.compactMap(\.lesion)
    var batch = Batch(
      images: try (stacked(slices.map(\.z)) * 0.1 + 0.5) * brain, brain: brain,
      lesions: lesions.isEmpty ? nil : try stacked(lesions), z: z)
    let normals = slices.compactMap(\.normal)
    batch.normal = normals.isEmpty ? nil : try .stack(normals)
    return try batch.on(images.device)
  }

  /// What `draw` makes of each slice's number and a brush that draws by the slice's own seed.
  ///
  /// On the processor, side by side: single slices are too small to keep another device busy.
  package func drawn<Drawing: Sendable>(
    seeds: [UInt64], _ draw: @Sendable (Int, inout Brush) throws -> Drawing
  ) throws -> [Drawing] {
    let size = images.shape[3]
    return try concurrentMap(seeds.count) { index in
      // Each thread has a mode of its own.
      try withoutGradients {
        var brush = try Brush(size: size, device: .cpu, generator: SeededGenerator(seed: seeds[index]))
        return try draw(index, &brush)
      }
    }
  }

  /// One seed a slice, from its pixels: alike in every epoch and batch, another for each number.
  package func seeds(number: Int = 0) throws -> [UInt64] {
    try (0..<count).map { index in
      var seeds = SeededGenerator(seed: try images.select(0, index).seed(), stream: UInt64(number))
      return seeds.next()
    }
  }

  /// Every slice mirrored left to right.
  package func flipped() throws -> Batch {
    var batch = Batch(
      images: try images.flip([3]), brain: try brain.flip([3]), lesions: try lesions?.flip([3]),
      z: z)
    batch.normal = try normal?.flip([3])
    return batch
  }

  /// Share of each brain pixel that is lesion, 0 where the batch says nothing of lesions: (batch, 1, size, size).
  package func labels() throws -> Tensor { try (lesions ?? brain.zerosLike()) * brain }
}
