import Base
public import Cohort
public import Methods
public import Foundation
import Tensors
import Volumes

/// Lesion-free scans with anomalies painted in, and their masks: a yardstick for any method that needs no
/// label.
public struct PaintedCohort: Sendable {
  private let modelGrid: ModelGrid
  private let synthesis: AnomalySynthesis
  private let seed: UInt64

  /// One to three anomalies of these kinds per slice, painted on the grid of the recipe.
  ///
  /// - Throws: A ``ConfigurationError`` for a recipe whose input is not on the scale of z-scores.
  public init(tasks: [SyntheticTask], recipe: Recipe, seed: UInt64) throws {
    try recipe.requireZScores(for: "painting")
    modelGrid = ModelGrid(recipe: recipe)
    synthesis = AnomalySynthesis(tasks: tasks, count: 1...3)
    self.seed = seed
  }

  /// Writes each case's scan and mask below `folder`, in the format of the scan, and last `manifest.tsv`, all
  /// in the test split.
  ///
  /// - Throws: A ``Problem`` or `VolumeError` for a scan that cannot be read, and the error of `progress`.
  public func write(_ cases: [ScanCase], to folder: URL, progress: (Int, Int) throws -> Void = { _, _ in })
    throws
  {
    var table = Table(columns: ["participant_id", "image", "lesion_mask", "split"])
    for (index, scan) in cases.enumerated() {
      try progress(index, cases.count)
      let isPlanar = scan.image.pathExtension.lowercased() == "png"
      let names = ["FLAIR", "label-lesion_mask"].map {
        "\(scan.id)/\(scan.id)_\($0)\(isPlanar ? ".png" : ".nii.gz")"
      }
      let (image, mask) = try painted(scan, donor: cases[(index + 1) % cases.count], index: index)
      let files = names.map { folder.appendingPathComponent($0) }
      try AtomicFile.makeFolder(files[0].deletingLastPathComponent())
      if isPlanar {
        try image.png { $0.rounded() }.write(to: files[0])
        try mask.png { Float($0) * 255 }.write(to: files[1])
      } else {
        try NIfTI.write(image, to: files[0])
        try NIfTI.write(mask, to: files[1])
      }
      table.rows.append([scan.id] + names + [Split.test.rawValue])
    }
    try progress(cases.count, cases.count)
    try AtomicFile.write(table.text, to: folder.appendingPathComponent("manifest.tsv"))
  }

  private func painted(_ scan: ScanCase, donor: ScanCase, index: Int) throws -> (image: Volume, mask: Mask) {
    let prepared = try modelGrid.place(scan), size = modelGrid.recipe.gridSize
    let slices = try prepared.batch(prepared.slices.indices, size: size)
    // The last slice borrows from the next scan; for a single slice there is no other.
    let next = try modelGrid.place(donor).batch(0..<1, size: size)
    let batch = Batch(
      images: try .cat([slices.images, next.images]), brain: try .cat([slices.brain, next.brain]))
    let seeds = (0..<batch.count).map { slice in
      var seeds = SeededGenerator(seed: seed, stream: UInt64(index), UInt64(slice))
      return seeds.next()
    }
    let painted = try synthesis.paint(batch, seeds: seeds)
    func onScan(_ maps: Tensor) throws -> Volume {
      let grid = try maps.narrow(0, start: 0, length: slices.count).reshape([slices.count, size, size])
      return prepared.native(try prepared.canonicalVolume(of: grid, inside: prepared.scoredBrain))
    }
    let change = try onScan((painted.images - batch.images) * RobustZScale.unit)
    let lesion = try onScan(painted.labels())
    var image: Volume = prepared.native
    let brain = prepared.native(prepared.scoredBrain)
    let inside = image.voxels.indices.filter { brain.voxels[$0] != 0 }
    let values = inside.map { image.voxels[$0] }
    let unit = RobustStatistics.medianAndDeviation(of: values).deviation
    // Zero would be background.
    let least = values.min() ?? 0
    for voxel in inside {
      image.voxels[voxel] = max(image.voxels[voxel] + change.voxels[voxel] * unit, least)
    }
    return (image, lesion.map { $0 > 0.5 ? 1 : 0 })
  }
}

extension Grid {
  /// A planar grid as a grey picture of 8 bit.
  fileprivate func png(_ value: (Element) -> Float) -> PNGImage {
    PNGImage(width: shape[0], height: shape[1], gray: voxels.map { UInt8(min(max(value($0), 0), 255)) })
  }
}
