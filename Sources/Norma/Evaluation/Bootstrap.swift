import Tensors

/// Percentile intervals over resampled participants: the participant is the unit of inference.
struct Bootstrap {
  /// A 95 % interval.
  typealias Interval = [Double]

  private let weights: Tensor
  let samples: Int

  /// Draws `samples` times as many participants as there are, with replacement.
  init(participants: Int, samples: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var counts = [Float](repeating: 0, count: samples * participants)
    for sample in 0..<samples {
      for _ in 0..<participants {
        counts[sample * participants + Int.random(in: 0..<participants, using: &generator)] += 1
      }
    }
    weights = try Tensor(counts, shape: [samples, participants])
    self.samples = samples
  }

  /// The resampled sums of per-participant rows (participants x columns): one row per sample.
  func sums(_ rows: [[Float]]) throws -> [[Double]] {
    let columns = rows[0].count
    let sums = try weights.matmul(Tensor(rows.flatMap { $0 }, shape: [rows.count, columns])).values()
    return (0..<samples).map { sample in sums[sample * columns..<(sample + 1) * columns].map(Double.init) }
  }

  /// 2.5th and 97.5th percentile of a statistic of the resampled sums; samples where it is nil are left out.
  func interval(_ rows: [[Float]], statistic: ([Double]) -> Double?) throws -> Interval? {
    let values = try sums(rows).compactMap(statistic).sorted()
    guard let first = values.first, let last = values.last else { return nil }
    func quantile(_ fraction: Double) -> Double {
      let position = fraction * Double(values.count - 1), index = Int(position)
      guard index + 1 < values.count else { return last }
      return values[index] + (position - Double(index)) * (values[index + 1] - values[index])
    }
    return values.count == 1 ? [first, last] : [quantile(0.025), quantile(0.975)]
  }
}
