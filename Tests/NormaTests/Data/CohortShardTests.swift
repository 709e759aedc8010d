import _TestSupport
import Foundation
import Testing

@testable import Base
import Cohort

@Suite struct CohortShardTests {
  /// The shards of a cohort, in order.
  private func shards(_ count: Int, of items: [String], work: (String) -> Int = { _ in 1 }) throws
    -> [[String]]
  {
    try (1...count).map { number in
      try CohortShard(number, of: count, at: "here").deal(items, work: work, by: { $0 })
    }
  }

  private func people(_ count: Int) -> [String] { (0..<count).map { "sub-\($0)" } }

  @Test(arguments: [(0, 3), (1, 1), (2, 3), (7, 7), (100, 7), (1000, 32), (5, 8)])
  func everybodyIsInOneShardAndShardsAreEven(people count: Int, shards: Int) throws {
    let people = people(count), dealt = try self.shards(shards, of: people)
    #expect(dealt.flatMap { $0 }.sorted() == people.sorted())
    let sizes = dealt.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(sizes)")
    for shard in dealt { #expect(shard == people.filter(shard.contains), "the order of the cohort is kept") }
  }

  @Test func shardsGoByNamesAndNotByTheirOrder() throws {
    let people = people(50)
    let sorted = try shards(4, of: people), reversed = try shards(4, of: people.reversed())
    #expect(sorted.map(Set.init) == reversed.map(Set.init))
    // Neighbours in the list, often of one site, do not go together.
    #expect(sorted.allSatisfy { shard in shard != people.filter(shard.contains).sorted() || shard.count < 2 })
    for shard in sorted { #expect(shard.filter { (Int($0.dropFirst(4)) ?? 0) < 25 }.count > 2) }
  }

  @Test func oneMoreMovesAtMostOneFromEachShardToTheNext() throws {
    let people = people(200)
    func home(_ people: [String]) throws -> [String: Int] {
      let pairs = try shards(8, of: people).enumerated().flatMap { shard in
        shard.element.map { ($0, shard.offset) }
      }
      return Dictionary(uniqueKeysWithValues: pairs)
    }
    let before = try home(people)
    for newcomer in ["a", "b", "sub-0a", "sub-999"] {
      let after = try home(people + [newcomer])
      let moved = people.filter { before[$0] != after[$0] }
      #expect(moved.count <= 7, "\(newcomer) moves \(moved)")
    }
  }

  @Test func workIsEvenWhereItemsDiffer() throws {
    let people = people(90)
    // Every third has no scan, the others up to six.
    func scans(_ name: String) -> Int { (Int(name.dropFirst(4)) ?? 0) % 3 * 3 }
    let dealt = try shards(5, of: people, work: scans)
    #expect(dealt.flatMap { $0 }.sorted() == people.sorted())
    let work = dealt.map { $0.reduce(0) { $0 + scans($1) } }
    #expect((work.max() ?? 0) - (work.min() ?? 0) <= 6, "\(work)")
    #expect(try shards(3, of: people, work: { _ in 0 }).map(\.count) == [90, 0, 0])
  }

  @Test(arguments: [
    Row("beyond", ("5/4", "no shard 5 of 4")), Row("zero", ("0/3", "no shard 0 of 3")),
    Row("no shards", ("1/0", "no shard 1 of 0")), Row("negative", ("-1/3", "no shard -1 of 3")),
    Row("words", ("a/b", "'a/b' is not a shard")), Row("one number", ("3", "'3' is not a shard")),
    Row("empty", ("", "'' is not a shard")), Row("three", ("1/2/3", "'1/2/3' is not a shard")),
    Row("half", ("1/", "'1/' is not a shard")), Row("fraction", ("1.5/3", "'1.5/3' is not a shard")),
    Row("many", ("1/9000000000000000000", "no shard 1 of 9000000000000000000")),
  ])
  func whatIsNotAShardIsRefused(row: Row<(String, String)>) throws {
    let (text, words) = row.body
    let problem = try problem { try CohortShard(parsing: text, at: "--shard") }
    #expect(problem.kind == .usage && problem.location == "--shard")
    #expect(problem.what.contains(words), "\(problem)")
  }
}
