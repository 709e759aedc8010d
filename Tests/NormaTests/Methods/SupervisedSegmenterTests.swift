import Tensors
import Testing

import Base
@testable import Methods
@testable import Norma

/// The segmenter that is shown lesion masks.
@Suite struct SupervisedSegmenterTests {
  /// Slices with two squares, a dark one, which is labelled, and a bright one, which is not.
  private func squares(_ seed: UInt64, slices: Int = 8) throws -> Batch {
    let size = 32
    var draws = SeededGenerator(seed: seed), images = [Float](), lesions = [Float]()
    for _ in 0..<slices {
      let row = draws.count(4...22), first = draws.chance(0.5) ? 6 : 20
      for pixel in 0..<size * size {
        let (x, y) = (pixel % size, pixel / size)
        let isMarked = [first, 26 - first].map { ($0..<$0 + 6).contains(x) && (row..<row + 6).contains(y) }
        let change: Float = isMarked[0] ? -0.2 : isMarked[1] ? 0.2 : 0
        images.append(0.5 + 0.05 * draws.normal() + change)
        lesions.append(isMarked[0] ? 1 : 0)
      }
    }
    let shape = [slices, 1, size, size]
    return Batch(
      images: try Tensor(images, shape: shape), brain: try .ones(shape),
      lesions: try Tensor(lesions, shape: shape))
  }

  private func averagePrecision(_ method: any Method, _ batch: Batch) throws -> Double {
    var voxels = ScoredVoxels()
    for (score, lesion) in zip(try method.score(batch).map.values(), try batch.labels().values()) {
      voxels.add(score: score, isLesion: lesion > 0.5)
    }
    return try #require(PrecisionRecall(voxels).averagePrecision)
  }

  @Test func whatIsLabelledIsLearned() throws {
    let configuration = try Configuration.tiny("supervised", settings: ["model.network.channels=[8, 16]"])
    let method = try MethodRegistry.entry("supervised").make(
      model: configuration.model, context: MethodContext(imageSize: 32))
    let unseen = try squares(99)
    let before = try averagePrecision(method, unseen)
    for step in UInt64(0)..<80 {
      _ = try method.step(
        squares(step), StepContext(learningRate: 5e-3, generator: Generator(seed: step)))
    }
    let after = try averagePrecision(method, unseen)
    #expect(before < 0.3 && after > 0.8, "\(before) rose to \(after)")
  }
}
