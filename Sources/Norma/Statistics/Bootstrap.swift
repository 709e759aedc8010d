import Base
import Tensors

/// Percentile intervals over resampled participants; the participant is the unit of inference.
struct Bootstrap {
  /// A 95 % interval.
  typealias Interval = [Double]

  private let weights: Tensor
  let samples: Int

  /// Resamples all `participants` with replacement, `samples` times.
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

  /// The 2.5th and 97.5th percentile of a statistic of the resampled sums of rows, one per participant.
  /// Samples where the statistic is nil are left out.
  func interval(_ rows: [[Float]], statistic: ([Double]) -> Double?) throws -> Interval? {
    try intervals(rows, count: 1) { [statistic($0)] }[0]
  }

  /// The intervals of `count` statistics.
  func intervals(_ rows: [[Float]], count: Int, statistics: ([Double]) -> [Double?]) throws -> [Interval?] {
    let columns = rows[0].count
    let sums = try weights.matmul(Tensor(rows.flatMap { $0 }, shape: [rows.count, columns])).values()
    var values = [[Double]](repeating: [], count: count)
    for sample in 0..<samples {
      let statistics = statistics(sums[sample * columns..<(sample + 1) * columns].map(Double.init))
      for index in 0..<count { if let value = statistics[index] { values[index].append(value) } }
    }
    return values.map { values in
      let sorted = values.sorted()
      return sorted.isEmpty ? nil : [sorted.quantile(0.025), sorted.quantile(0.975)]
    }
  }
}
