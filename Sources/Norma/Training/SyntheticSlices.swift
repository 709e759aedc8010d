import Base
import Cohort
import Foundation
import Methods
import Tensors

/// Slices that are made from anatomies while a method learns from them: other ones in each epoch of training,
/// and the same ones in each epoch of validation.
struct SyntheticSlices: TrainingSlices {
  let digest: String
  let count, cases: Int
  let isSynthetic = true
  private let synthesis: FLAIRSynthesis
  private let seed: UInt64
  private let split: Split

  /// Creates the slices of the anatomies of a split.
  ///
  /// - Throws: A ``ConfigurationError`` for a recipe that the synthesis does not support.
  init(of anatomies: [Anatomy], in split: Split, configuration: Configuration, paintsLesions: Bool) throws {
    let settings = configuration.synthesis, encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    synthesis = try FLAIRSynthesis(
      anatomies: anatomies, settings: settings, recipe: configuration.recipe, paintsLesions: paintsLesions,
      adjacentDistance: configuration.recipe.adjacentDistance)
    (self.split, seed, cases) = (split, UInt64(configuration.training.seed), anatomies.count)
    count = split == .train ? settings.slicesPerEpoch : settings.validationSlices
    digest = Digest.of(Data(anatomies.map(\.digest).joined().utf8) + (try encoder.encode(settings)))
  }

  var showsLesions: Bool { synthesis.paintsLesions }

  func batch(_ numbers: [Int], mirrored: [Bool], epoch: Int) throws -> Batch {
    let slices = concurrentMap(numbers.count) { synthesis.slice(seed: seed(of: numbers[$0], epoch: epoch)) }
    let side = slices[0].gridSize
    func tensor(_ values: [[Float]]) throws -> Tensor {
      let channels = values[0].count / (side * side)
      let rows = zip(values, mirrored).flatMap { $1 ? Self.mirrored($0, width: side) : $0 }
      return try Tensor(rows, shape: [values.count, channels, side, side])
    }
    return Batch(
      images: try tensor(slices.map(\.image)), brain: try tensor(slices.map(\.brain)),
      lesions: showsLesions ? try tensor(slices.map(\.lesion)) : nil,
      adjacent: slices[0].adjacent.isEmpty ? nil : try tensor(slices.map(\.adjacent)),
      tissues: try tensor(slices.map { Self.planes(of: $0.tissues) }), z: slices.map(\.z))
  }

  /// Lesion-free brains of the same anatomies.
  func brains(_ configuration: Configuration) -> SyntheticBrains {
    SyntheticBrains(of: synthesis, configuration: configuration)
  }

  /// Writes a picture of the first slices of the first epoch, each beside a copy with the outline of its
  /// lesions.
  func writeSheet(to file: URL) throws {
    let samples = concurrentMap(min(count, Self.samplesShown)) {
      synthesis.slice(seed: seed(of: $0, epoch: 0))
    }
    try SampleSheet.write(samples: samples, to: file)
  }

  private static let samplesShown = 32

  private func seed(of number: Int, epoch: Int) -> UInt64 {
    var seeds = SeededGenerator(
      seed: seed, stream: split == .train ? 0 : 1, UInt64(split == .train ? epoch : 0), UInt64(number))
    return seeds.next()
  }

  /// One plane per tissue, 1 where the set of a pixel contains it.
  private static func planes(of tissues: [UInt8]) -> [Float] {
    Tissue.allCases.flatMap { tissue in tissues.map { $0 & tissue.bit == 0 ? 0 : 1 } }
  }

  private static func mirrored(_ values: [Float], width: Int) -> [Float] {
    stride(from: 0, to: values.count, by: width).flatMap { values[$0..<$0 + width].reversed() }
  }
}
