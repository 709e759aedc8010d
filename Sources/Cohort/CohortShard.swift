import Base
import Foundation

/// One of several parts of a cohort that as many processes work on.
package struct CohortShard: Hashable, Sendable, CustomStringConvertible {
  /// From 1 to `count`.
  package let number: Int
  /// Number of parts.
  package let count: Int

  private static let most = 1_000_000

  /// Throws a ``Problem`` at `place` where there is no such part.
  package init(_ number: Int, of count: Int, at place: String) throws {
    guard (1...Self.most).contains(count), (1...count).contains(number) else {
      throw Problem(
        .usage, "there is no part \(number) of \(count)", at: place,
        advice: "four parts are 1/4 to 4/4; \(Self.most) are the most")
    }
    (self.number, self.count) = (number, count)
  }

  /// A part written `2/4`; throws a ``Problem`` at `place`.
  package init(parsing text: String, at place: String) throws {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1] else {
      throw Problem(
        .usage, "'\(text)' is no part", at: place, advice: "write part and number of parts, as in 2/4")
    }
    try self.init(number, of: count, at: place)
  }

  package var description: String { "\(number)/\(count)" }

  /// The items of this part in their order. Parts differ by no more than the `work` of one item. An item goes by the
  /// SHA-256 of its name, so that every part has the like of all; one more item moves at most one other from each part to
  /// the next.
  package func deal<Item>(_ items: [Item], work: (Item) -> Int = { _ in 1 }, by name: (Item) -> String)
    -> [Item]
  {
    let ranks = items.map { Digest.of(Data(name($0).utf8)) }
    let total = items.reduce(0) { $0 + work($1) }
    var done = 0, mine = Set<Int>()
    for index in items.indices.sorted(by: { ranks[$0] < ranks[$1] }) {
      // The part that the middle of the item's work falls into.
      let own = work(items[index]), middle = 2 * done + own
      if min(count, middle * count / max(1, 2 * total) + 1) == number { mine.insert(index) }
      done += own
    }
    return items.indices.filter(mine.contains).map { items[$0] }
  }
}
