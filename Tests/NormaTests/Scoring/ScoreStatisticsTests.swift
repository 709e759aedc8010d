import _TestSupport
import Tensors
import Testing

import Methods
@testable import Norma

/// Against numpy: Scripts/goldens/scoring.py.
@Suite struct ScoreStatisticsTests {
  private func settings(
    _ normalization: ScoreNormalization, shrinkage: Double = 0, sigma: Double = 1.3
  ) -> ScoringSettings {
    var settings = ScoringSettings()
    settings.normalization = normalization
    settings.statisticsSigma = sigma
    settings.statisticsShrinkage = shrinkage
    return settings
  }

  /// The moments of the golden's slices, added in two batches.
  private func moments(_ goldens: [String: Tensor]) throws -> VoxelwiseMoments {
    let scores = try goldens.golden("statistics/scores").unsqueeze(1)
    let brain = try goldens.golden("statistics/brain").unsqueeze(1)
    var moments = try VoxelwiseMoments(size: scores.shape[2], device: .cpu)
    for (start, length) in [(0, 4), (4, 7)] {
      try moments.add(
        scores.narrow(0, start: start, length: length),
        weights: brain.narrow(0, start: start, length: length), at: Array(repeating: nil, count: length))
    }
    return moments
  }

  @Test(arguments: [("plain", 0.0), ("shrunk", 4)])
  func meanAndDeviationAreThoseOfNumpy(name: String, shrinkage: Double) throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let statistics = try #require(
      try ScoreStatistics(
        moments(goldens), settings: settings(.standardized, shrinkage: shrinkage), device: .cpu))
    let mean = try #require(statistics.mean).values(), deviation = try statistics.deviation.values()
    #expect(distance(mean, try goldens.golden("statistics/\(name)/mean").values()) < 1e-4)
    #expect(distance(deviation, try goldens.golden("statistics/\(name)/deviation").values()) < 1e-4)
    // A part of the map is on the floor.
    let lowest = try #require(deviation.min())
    #expect(deviation.filter { $0 == lowest }.count > 10 || name == "shrunk")
  }

  @Test func normalisationIsWhatItIsCalled() throws {
    let score = try Tensor([1, 2, 3, 8], shape: [1, 1, 2, 2])
    let deviation = try Tensor([0.5, 2, 1, 4], shape: [2, 2])
    #expect(try ScoreStatistics(deviation: deviation).normalize(score).values() == [2, 1, 3, 2])
    let mean = try Tensor([0.5, 4, 1, 0], shape: [2, 2])
    #expect(try ScoreStatistics(mean: mean, deviation: deviation).normalize(score).values() == [1, 0, 2, 2])
  }

  @Test func whatIsNotAskedForIsNotThere() throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    #expect(try ScoreStatistics(moments(goldens), settings: settings(.none), device: .cpu) == nil)
    let scaled = try #require(
      try ScoreStatistics(moments(goldens), settings: settings(.deviation), device: .cpu))
    #expect(scaled.mean == nil && Set(scaled.state.keys) == ["scoring.deviation"])
  }

  @Test func statisticsComeBackFromTheirState() throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let settings = settings(.standardized)
    let made = try #require(try ScoreStatistics(moments(goldens), settings: settings, device: .cpu))
    let read = try #require(
      try ScoreStatistics(state: made.state, settings: settings, size: 10, device: .cpu))
    #expect(try read.deviation.values() == made.deviation.values())
    #expect(try read.mean?.values() == made.mean?.values())
    var state = made.state
    state["scoring.mean"] = nil
    #expect(throws: ParameterError.self) {
      try ScoreStatistics(state: state, settings: settings, size: 10, device: .cpu)
    }
  }
}
