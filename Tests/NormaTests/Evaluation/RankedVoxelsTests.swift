import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Norma

/// The merge of many runs, in memory and from a scratch file.
@Suite struct RankedVoxelsTests {
  /// Runs that differ in size, spread and ties; zeros, denormals and the largest scores among them.
  private static func cases() -> [ScoredVoxels] {
    var generator = SeededGenerator(seed: 3)
    return (0..<23).map { index in
      var voxels = ScoredVoxels()
      for _ in 0..<[0, 1, 2, 3000, 800][index % 5] {
        let isLesion = Int.random(in: 0..<6, using: &generator) == 0
        let score: Float =
          switch Int.random(in: 0..<5, using: &generator) {
          case 0: 0
          case 1: Float(Int.random(in: 0..<40, using: &generator)) / 8
          case 2: Float(bitPattern: UInt32.random(in: 0..<50, using: &generator))
          case 3: Float.random(in: 1e30...3e38, using: &generator)
          default: Float.random(in: 0...8, using: &generator)
          }
        voxels.add(score: score, isLesion: isLesion)
      }
      return voxels
    }
  }

  private func ranked(_ cases: [(voxels: ScoredVoxels, group: Int)], budget: Int = .max) throws
    -> RankedVoxels
  {
    var ranked = RankedVoxels(memoryBudget: budget)
    for scan in cases { try ranked.add(scan.voxels, group: scan.group) }
    return ranked
  }

  /// What a dictionary counts.
  private func counted(_ cases: [ScoredVoxels]) -> [(Float, Int, Int)] {
    var counts = [Float: (lesion: Int, healthy: Int)]()
    for key in cases.flatMap(\.packed) {
      if key & 1 == 1 {
        counts[ScoredVoxels.score(ofPacked: key), default: (0, 0)].lesion += 1
      } else {
        counts[ScoredVoxels.score(ofPacked: key), default: (0, 0)].healthy += 1
      }
    }
    return counts.sorted { $0.key > $1.key }.map { ($0.key, $0.value.lesion, $0.value.healthy) }
  }

  @Test(arguments: [Int.max, 0, 5000])
  func tiesAreThoseOfADictionary(budget: Int) throws {
    let cases = Self.cases(), expected = counted(cases)
    let ranked = try ranked(cases.map { ($0, 0) }, budget: budget)
    var ties = [(Float, Int, Int)]()
    try ranked.forEachTieDescending { ties.append(($0.score, $0.lesion, $0.healthy)) }
    #expect(ties.count == expected.count && zip(ties, expected).allSatisfy { $0 == $1 })
    #expect(ranked.count == cases.reduce(0) { $0 + $1.count })
    #expect(ranked.lesion == expected.reduce(0) { $0 + $1.1 })
  }

  @Test(arguments: [Int.max, 0])
  func histogramsAreThoseOfCounting(budget: Int) throws {
    let cases = Self.cases().enumerated().map { (voxels: $1, group: $0 % 3) }
    let edges: [Float] = [1e32, 7, 3.5, 3, 7 * .leastNonzeroMagnitude, 0]
    let histograms = try ranked(cases, budget: budget).histograms(fallingEdges: edges, groups: 3)
    var expected = [[Float]](repeating: [Float](repeating: 0, count: 14), count: 3)
    for (voxels, group) in cases {
      for key in voxels.packed {
        let score = ScoredVoxels.score(ofPacked: key)
        let bin = edges.firstIndex { score > $0 } ?? edges.count
        expected[group][key & 1 == 1 ? bin : 7 + bin] += 1
      }
    }
    #expect(histograms == expected)
  }

  @Test func aRunIsSmallerThanItsVoxels() throws {
    var generator = SeededGenerator(seed: 4)
    var voxels = ScoredVoxels()
    for _ in 0..<500_000 { voxels.add(score: Float.random(in: 0..<4, using: &generator), isLesion: false) }
    voxels.sort()
    #expect(ScoreRun(ascending: voxels.packed).bytes.count < 2 * voxels.count)
  }

  @Test func theScratchFileIsGoneWhenNobodyHoldsIt() throws {
    try withTemporaryFolder { folder in
      var ranked = RankedVoxels(memoryBudget: 0, scratchFolder: folder)
      try ranked.add(Self.cases()[3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      #expect(try PrecisionRecall(ranked).averagePrecision != nil)
    }
  }

  @Test func aScratchFolderThatCannotBeIsAProblem() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      var ranked = RankedVoxels(memoryBudget: 0, scratchFolder: file.appendingPathComponent("inside"))
      let problem = try problem { try ranked.add(Self.cases()[3]) }
      #expect([.cannotCreate, .inputOutput].contains(problem.kind))
    }
  }
}
