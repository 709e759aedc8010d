import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Methods
@testable import Cohort
@testable import Preprocessing
@testable import Norma

@Suite struct CohortShardTests {
  /// The parts of a cohort, in order.
  private func parts(_ count: Int, of items: [String], work: (String) -> Int = { _ in 1 }) throws
    -> [[String]]
  {
    try (1...count).map { number in
      try CohortShard(number, of: count, at: "here").deal(items, work: work, by: { $0 })
    }
  }

  private func people(_ count: Int) -> [String] { (0..<count).map { "sub-\($0)" } }

  @Test(arguments: [(0, 3), (1, 1), (2, 3), (7, 7), (100, 7), (1000, 32), (5, 8)])
  func everybodyIsInOnePartAndPartsAreEven(people count: Int, parts: Int) throws {
    let people = people(count), dealt = try self.parts(parts, of: people)
    #expect(dealt.flatMap { $0 }.sorted() == people.sorted())
    let sizes = dealt.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(sizes)")
    for part in dealt { #expect(part == people.filter(part.contains), "the order of the cohort is kept") }
  }

  @Test func partsGoByNamesAndNotByTheirOrder() throws {
    let people = people(50)
    let sorted = try parts(4, of: people), reversed = try parts(4, of: people.reversed())
    #expect(sorted.map(Set.init) == reversed.map(Set.init))
    // Neighbours in the list, often of one site, do not go together.
    #expect(sorted.allSatisfy { part in part != people.filter(part.contains).sorted() || part.count < 2 })
    for part in sorted { #expect(part.filter { (Int($0.dropFirst(4)) ?? 0) < 25 }.count > 2) }
  }

  @Test func oneMoreMovesAtMostOneFromEachPartToTheNext() throws {
    let people = people(200)
    func home(_ people: [String]) throws -> [String: Int] {
      let pairs = try parts(8, of: people).enumerated().flatMap { part in
        part.element.map { ($0, part.offset) }
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
    let dealt = try parts(5, of: people, work: scans)
    #expect(dealt.flatMap { $0 }.sorted() == people.sorted())
    let work = dealt.map { $0.reduce(0) { $0 + scans($1) } }
    #expect((work.max() ?? 0) - (work.min() ?? 0) <= 6, "\(work)")
    #expect(try parts(3, of: people, work: { _ in 0 }).map(\.count) == [90, 0, 0])
  }

  @Test(arguments: [
    Row("beyond", ("5/4", "no part 5 of 4")), Row("zero", ("0/3", "no part 0 of 3")),
    Row("no parts", ("1/0", "no part 1 of 0")), Row("negative", ("-1/3", "no part -1 of 3")),
    Row("words", ("a/b", "'a/b' is no part")), Row("one number", ("3", "'3' is no part")),
    Row("empty", ("", "'' is no part")), Row("three", ("1/2/3", "'1/2/3' is no part")),
    Row("half", ("1/", "'1/' is no part")), Row("fraction", ("1.5/3", "'1.5/3' is no part")),
    Row("many", ("1/9000000000000000000", "no part 1 of 9000000000000000000")),
  ])
  func whatIsNoPartIsRefused(row: Row<(String, String)>) throws {
    let (text, words) = row.body
    let problem = try problem { try CohortShard(parsing: text, at: "--part") }
    #expect(problem.kind == .usage && problem.place == "--part")
    #expect(problem.what.contains(words), "\(problem)")
  }
}
