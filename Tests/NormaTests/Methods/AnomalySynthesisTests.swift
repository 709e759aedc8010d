import Foundation
import Tensors
import Testing

import Base
@testable import Methods

/// What is painted into slices, and what of it is labelled.
@Suite struct AnomalySynthesisTests {
  static let size = 128

  /// Two slices, round brains with tissue texture and dark ventricles.
  static func slices() throws -> Batch {
    var images = [Float](), brain = [Float](), draws = SeededGenerator(seed: 3)
    for _ in 0..<2 {
      for pixel in 0..<size * size {
        let (x, y) = (Double(pixel % size) - 63.5, Double(pixel / size) - 63.5)
        let inside = x * x / (48 * 48) + y * y / (56 * 56) < 1
        let isVentricle = abs(abs(x) - 8) < 5 && abs(y) < 14
        let z: Float = isVentricle ? -3 : 0.4 * draws.normal()
        brain.append(inside ? 1 : 0)
        images.append(inside ? 0.5 + z / 10 : 0)
      }
    }
    let shape = [2, 1, size, size]
    return Batch(images: try Tensor(images, shape: shape), brain: try Tensor(brain, shape: shape))
  }

  /// Areas, in pixels, of what one anomaly of a kind labels, over many paintings.
  private func areas(_ task: SyntheticTask, paintings: UInt64 = 20) throws -> [Int] {
    let batch = try Self.slices(), synthesis = AnomalySynthesis(tasks: [task], count: 1...1)
    return try (0..<paintings).flatMap { painting in
      let labels = try synthesis.paint(batch, seeds: [2 * painting, 2 * painting + 1]).labels()
      return try labels.sum([1, 2, 3]).values().map { Int($0) }
    }
  }

  @Test(arguments: SyntheticTask.allCases)
  func theLabelIsWhereTheBrainChanged(task: SyntheticTask) throws {
    let batch = try Self.slices(), brain = try batch.brain.values(), before = try batch.images.values()
    for seed in UInt64(0)..<10 {
      let painted = try AnomalySynthesis(tasks: [task], count: 1...3).paint(batch, seeds: [seed, seed + 100])
      let after = try painted.images.values(), labels = try painted.labels().values()
      #expect(try painted.brain.values() == brain)
      for (pixel, label) in labels.enumerated() {
        let change = abs(after[pixel] - before[pixel])
        #expect(label == 0 || label == 1)
        // 0.6 z are 0.06 of the recipe's brightness.
        if label == 1 { #expect(brain[pixel] == 1 && change > 0.0599) }
        if brain[pixel] == 0 { #expect(after[pixel] == 0) }
      }
      #expect(after.allSatisfy { (0...1.5).contains($0) })
    }
  }

  @Test(arguments: SyntheticTask.allCases)
  func theSeedDecidesWhatIsPainted(task: SyntheticTask) throws {
    let batch = try Self.slices()
    var synthesis = AnomalySynthesis(tasks: [task], variations: NormalVariation.allCases, count: 1...2)
    synthesis.augmentation = SliceAugmentation()
    let painted = try [[5, 6], [5, 6], [7, 6]].map { try synthesis.paint(batch, seeds: $0) }
    let images = try painted.map { try $0.images.values() }
    #expect(images[0] == images[1] && images[0] != images[2])
    #expect(try painted[0].labels().values() == painted[1].labels().values())
    let second = try painted.map { try $0.images.select(0, 1).values() }
    #expect(second[0] == second[2])
  }

  /// The largest areas are those of the largest ellipse with a rough edge.
  @Test(arguments: [
    (SyntheticTask.blob, 1...6000), (.punctate, 1...200), (.dark, 1...2500), (.patch, 1...6000),
    (.swelling, 1...6000),
  ])
  func theSizesAreInRange(task: SyntheticTask, range: ClosedRange<Int>) throws {
    let areas = try areas(task).filter { $0 > 0 }
    #expect(areas.count > 20 && areas.allSatisfy(range.contains), "\(areas)")
    #expect(Set(areas).count > 10)
  }

  @Test func brightAnomaliesAreBrightAndDarkOnesAreMostlyDark() throws {
    func meanChange(_ task: SyntheticTask) throws -> Float {
      let batch = try Self.slices()
      let painted = try AnomalySynthesis(tasks: [task], count: 1...1).paint(batch, seeds: [11, 12])
      let change = try ((painted.images - batch.images) * painted.labels()).sum()
      return try change.item() / max(1, painted.labels().sum().item())
    }
    #expect(try meanChange(.blob) > 0.06 && meanChange(.punctate) > 0.06 && meanChange(.dark) < 0)
  }

  /// A dark anomaly with a bright rim, once labelled whole and once where it is bright.
  @Test func aDarkeningIsLabelledWhereItIsWanted() throws {
    let batch = try Self.slices()
    func labels(_ darkening: Bool, _ seed: UInt64) throws -> (labels: [Float], change: [Float]) {
      let synthesis = AnomalySynthesis(tasks: [.dark], labelsDarkening: darkening, count: 3...3)
      let painted = try synthesis.paint(batch, seeds: [seed, seed + 1])
      return try (painted.labels().values(), (painted.images - batch.images).values())
    }
    var bright = 0, dark = 0
    for seed in stride(from: UInt64(0), to: 12, by: 2) {
      let (all, change) = try labels(true, seed)
      let expected = zip(all, change).map { $0 == 1 && $1 > 0 ? Float(1) : 0 }
      #expect(try labels(false, seed).labels == expected)
      bright += expected.count { $0 == 1 }
      dark += zip(all, expected).count { $0 != $1 }
    }
    #expect(bright > 100 && dark > 100)
  }

  @Test(arguments: NormalVariation.allCases)
  func variationsChangeTheSliceAndAreNotLabelled(variation: NormalVariation) throws {
    let batch = try Self.slices()
    let synthesis = AnomalySynthesis(
      tasks: [.blob], variations: [variation], variationShare: 1, count: 0...0)
    let painted = try synthesis.paint(batch, seeds: [1, 2])
    let change = try (painted.images - batch.images).values(), brain = try batch.brain.values()
    #expect(try painted.labels().sum().item() == 0)
    #expect(change.max() ?? 0 > 0.03)
    #expect(zip(change, brain).allSatisfy { $0 >= -1e-6 && ($1 == 1 || $0 == 0) })
  }

  @Test func aSymmetricVariationIsSymmetric() throws {
    let batch = try Self.slices()
    let synthesis = AnomalySynthesis(
      tasks: [.blob], variations: [.symmetric], variationShare: 1, count: 0...0)
    let change = try synthesis.paint(batch, seeds: [1, 2]).images - batch.images
    #expect(distance(try change.values(), try change.flip([3]).values()) < 1e-5)
  }

  @Test func anAugmentationWithoutRangeChangesNothing() throws {
    var still = SliceAugmentation()
    (still.rotation, still.scale, still.shift, still.gain) = (0, 0, 0, 1)
    (still.offset, still.field, still.noise) = (0, 0, 0)
    let batch = try Self.slices()
    var synthesis = AnomalySynthesis(tasks: [.blob], count: 0...0)
    synthesis.augmentation = still
    let painted = try synthesis.paint(batch, seeds: [1, 2])
    #expect(distance(try painted.images.values(), try batch.images.values()) < 1e-4)
    #expect(try painted.brain.values() == batch.brain.values())
    synthesis.augmentation = SliceAugmentation()
    let moved = try synthesis.paint(batch, seeds: [1, 2])
    #expect(distance(try moved.images.values(), try batch.images.values()) > 0.05)
    let share = try moved.brain.sum().item() / batch.brain.sum().item()
    #expect(share > 0.8 && share < 1.2)
    let outside = try (moved.images * (1 - moved.brain)).abs().max().item()
    #expect(outside == 0)
  }

  /// Where the image shows nothing but the lesion, it goes on showing it.
  @Test func lesionsMoveWithTheImage() throws {
    var augmentation = SliceAugmentation()
    (augmentation.gain, augmentation.offset, augmentation.field, augmentation.noise) = (1, 0, 0, 0)
    (augmentation.rotation, augmentation.scale, augmentation.shift) = (0.5, 0.2, 0.1)
    let brain = try Self.slices().brain
    let square: [Float] = (0..<2 * Self.size * Self.size).map { pixel in
      let (x, y) = (pixel % Self.size, pixel / Self.size % Self.size)
      return (40..<55).contains(x) && (50..<60).contains(y) ? 1 : 0
    }
    let lesions = try Tensor(square, shape: brain.shape)
    let batch = try Batch(images: (0.5 + 0.4 * lesions) * brain, brain: brain, lesions: lesions)
    let moved = try augmentation.augment(ContextBatch(batch), seeds: [1, 2]).batch
    let labels = try moved.labels().values()
    #expect(distance(try ((moved.images - 0.5) / 0.4 * moved.brain).values(), labels) < 1e-4)
    #expect(distance(labels, square) == 1 && labels.contains { $0 > 0 && $0 < 1 })
  }

  @Test func aSliceWithoutBrainStaysEmpty() throws {
    let empty = try Tensor.zeros([1, 1, 32, 32])
    let painted = try AnomalySynthesis(tasks: SyntheticTask.allCases, count: 1...3).paint(
      Batch(images: empty, brain: empty), seeds: [1])
    #expect(try painted.labels().sum().item() == 0 && painted.images.abs().max().item() == 0)
  }
}
