import Base

/// Paints anomalies into slices. Equal slices and seeds give equal results.
package struct AnomalySynthesis {
  package let tasks: [SyntheticTask]
  /// What is bright and stays unlabelled, and the fraction of the slices that each of it is painted into.
  let variations: [NormalVariation]
  let variationShare: Float
  /// Whether painted darkening is labelled as an anomaly.
  let labelsDarkening: Bool
  /// The smallest and largest number of anomalies per slice.
  package var count = 0...3
  /// The augmentation of slices before they are painted; nil = none.
  var augmentation: SliceAugmentation?

  init(
    tasks: [SyntheticTask], variations: [NormalVariation] = [], variationShare: Float = 0.2,
    labelsDarkening: Bool = true, count: ClosedRange<Int> = 0...3, augmentation: SliceAugmentation? = nil
  ) {
    (self.tasks, self.variations, self.variationShare) = (tasks, variations, variationShare)
    (self.labelsDarkening, self.count, self.augmentation) = (labelsDarkening, count, augmentation)
  }

  /// Paints `count` anomalies of these kinds into each slice, and nothing else.
  package init(tasks: [SyntheticTask], count: ClosedRange<Int>) {
    self.init(tasks: tasks, variations: [], count: count)
  }

  /// Slices painted with one seed each. Only what was painted counts as lesion; tissue is taken from the next
  /// slice.
  package func paint(_ batch: Batch, seeds: [UInt64]) throws -> Batch {
    try paint(ContextBatch(batch), seeds: seeds).batch
  }

  /// The same; `following` is the slice after the last one, without it the first.
  func paint(_ batch: ContextBatch, seeds: [UInt64], following: Batch? = nil) throws -> ContextBatch {
    try batch.replaced(seeds: seeds, following: following) { slices, index, brush in
      try paint(slices[index], donor: slices[(index + 1) % slices.count], &brush)
    }
  }

  private func paint(_ slice: BatchSlice, donor: BatchSlice, _ brush: inout Brush) throws -> BatchSlice {
    let moved = try augmentation?.moved(slice, &brush) ?? slice
    var canvas = try SliceCanvas(z: moved.z, brain: moved.brain)
    // A slice without brain has no pixel to paint on.
    if !canvas.inside.isEmpty {
      for variation in variations where brush.generator.chance(variationShare) {
        try variation.paint(&canvas, &brush)
      }
      try canvas.acceptAsHealthy()
      for _ in 0..<brush.generator.count(count) {
        let task = tasks[brush.generator.count(0...tasks.count - 1)]
        try task.painter.paint(&canvas, &brush, donor: donor)
      }
    }
    let z = try augmentation?.recoloured(canvas.z, &brush) ?? canvas.z
    return BatchSlice(
      z: z, brain: canvas.brain, lesion: try canvas.label(darkening: labelsDarkening), normal: moved.normal)
  }
}
