import Base
import Volumes

extension TissueMaps {
  /// Samples a label map on a grid in template space; `toTemplate` maps world mm of the labels to those of the
  /// template. The fractions of a voxel are those of 27 points in it, so that fine structures do not alias.
  init(_ labels: LabelMap, toTemplate: Affine, grid: Geometry) throws {
    let source = labels.regions
    let toVoxel = try source.geometry.moved(by: toTemplate).affine.inverse().composed(with: grid.affine)
    let thirds = [-1.0, 0, 1].map { $0 / 3 }
    let offsets = thirds.flatMap { z in
      thirds.flatMap { y in thirds.map { x in toVoxel.i * x + toVoxel.j * y + toVoxel.k * z } }
    }
    let area = grid.shape[0] * grid.shape[1]
    let slices = concurrentMap(grid.shape[2]) { z in
      var samples = [Sample](repeating: Sample(), count: area)
      var counts = [Int](repeating: 0, count: LabelRegion.all.count + 1)
      let (width, height, depth) = (source.shape[0], source.shape[1], source.shape[2])
      source.voxels.withUnsafeBufferPointer { regions in
        for index in 0..<area {
          let centre = toVoxel.apply(
            SIMD3(Double(index % grid.shape[0]), Double(index / grid.shape[0]), Double(z)))
          for region in counts.indices { counts[region] = 0 }
          for offset in offsets {
            let x = Int((centre.x + offset.x).rounded()), y = Int((centre.y + offset.y).rounded())
            let z = Int((centre.z + offset.z).rounded())
            let isInside = x >= 0 && y >= 0 && z >= 0 && x < width && y < height && z < depth
            counts[isInside ? Int(regions[x + width * (y + height * z)]) : 0] += 1
          }
          if counts[0] < offsets.count { samples[index] = Sample(counts, of: offsets.count) }
        }
      }
      return samples
    }
    let samples = slices.flatMap { $0 }
    let inside = Mask(geometry: grid, voxels: samples.map { $0.fractions.sum() >= 0.5 ? 1 : 0 })
    brain = inside.closed(by: grid.spacing.max())
    let isBrain = brain.voxels
    fractions = samples.indices.map { index in
      guard isBrain[index] != 0 else { return .zero }
      var fractions = samples[index].fractions
      // What is unlabelled inside the brain is fluid.
      if fractions.sum() < 0.5 { fractions[Matter.fluid.rawValue] += 1 - fractions.sum() }
      return fractions / fractions.sum()
    }
    tissues = samples.indices.map { index in
      guard isBrain[index] != 0 else { return 0 }
      return (samples[index].fractions.sum() < 0.5 ? Tissue.fluid : samples[index].tissue).bit
    }
    texture = samples.indices.map { isBrain[$0] == 0 ? 0 : samples[$0].offset }
    ventricles = Mask(geometry: grid, voxels: samples.map { $0.lateralVentricle > 0.5 ? 1 : 0 })
  }

  /// The labels in one voxel.
  private struct Sample {
    var fractions = SIMD3<Float>.zero
    var offset: Float = 0
    var lateralVentricle: Float = 0
    var tissue = Tissue.fluid

    init() {}

    /// `counts` are the points in each region of ``LabelRegion/all``, after those outside.
    init(_ counts: [Int], of total: Int) {
      var ofTissue = SIMD8<Int>.zero
      for (region, count) in zip(LabelRegion.all, counts.dropFirst()) where count > 0 {
        let part = Float(count) / Float(total)
        fractions[region.matter.rawValue] += part
        offset += part * region.offset
        ofTissue[Int(region.tissue.rawValue)] += count
        if region.isLateralVentricle { lateralVentricle += part }
      }
      tissue = Tissue.allCases.max { ofTissue[Int($0.rawValue)] < ofTissue[Int($1.rawValue)] } ?? .fluid
    }
  }
}
