import Tensors

/// Slices with anomalies painted in, and where.
struct PaintedBatch: Sendable {
  let batch: Batch
  /// (batch, 1, size, size): 1 where an anomaly was painted, else 0.
  let labels: Tensor
}

/// Paints anomalies into slices; equal slices and seeds give equal results.
struct AnomalySynthesis {
  let tasks: [SyntheticTask]
  /// Bright and unlabelled; each is painted into this share of the slices.
  var variations: [NormalVariation] = []
  var variationShare: Float = 0.2
  /// At least and at most so many anomalies a slice.
  var count = 0...3
  /// Nil: slices are painted as they are.
  var augmentation: SliceAugmentation?

  /// One seed a slice. Tissue is borrowed from the next slice of the batch.
  func callAsFunction(_ batch: Batch, seeds: [UInt64]) throws -> PaintedBatch {
    try withoutGradients {
      let size = batch.images.shape[3]
      let z = try (batch.images - 0.5) * 10
      var brush = try Brush(size: size, device: z.device, draws: SeededGenerator(seed: 0))
      var images = [Tensor](), brains = [Tensor](), labels = [Tensor]()
      for index in 0..<batch.count {
        brush.draws = SeededGenerator(seed: seeds[index])
        func donor(_ index: Int) throws -> Donor {
          Donor(z: try z.select(0, index).squeeze(0), brain: try batch.brain.select(0, index).squeeze(0))
        }
        let painted = try paint(donor(index), donor: donor((index + 1) % batch.count), &brush)
        images.append(painted.z)
        brains.append(painted.brain)
        labels.append(painted.label)
      }
      func stacked(_ slices: [Tensor]) throws -> Tensor { try Tensor.stack(slices).unsqueeze(1) }
      let brain = try stacked(brains)
      return PaintedBatch(
        batch: Batch(images: try (stacked(images) * 0.1 + 0.5) * brain, brain: brain),
        labels: try stacked(labels))
    }
  }

  private func paint(
    _ slice: Donor, donor: Donor, _ brush: inout Brush
  ) throws -> (z: Tensor, brain: Tensor, label: Tensor) {
    let moved = try augmentation?.moved(z: slice.z, brain: slice.brain, &brush)
    var canvas = try SliceCanvas(z: moved?.z ?? slice.z, brain: moved?.brain ?? slice.brain)
    // A slice without brain, as a batch may hold in tests, has no place to paint in.
    if !canvas.inside.isEmpty {
      for variation in variations where brush.draws.chance(variationShare) {
        try variation.paint(&canvas, &brush)
      }
      try canvas.acceptAsHealthy()
      for _ in 0..<brush.draws.count(count) {
        let task = tasks[brush.draws.count(0...tasks.count - 1)]
        try task.painter.paint(&canvas, &brush, donor: donor)
      }
    }
    let z = try augmentation?.recoloured(canvas.z, &brush) ?? canvas.z
    return (z, canvas.brain, try canvas.label())
  }
}
