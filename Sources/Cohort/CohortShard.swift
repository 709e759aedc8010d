import Base
import Foundation

/// One of the shards into which a cohort is divided among processes.
package struct CohortShard: Hashable, Sendable, CustomStringConvertible {
  /// The number of the shard, from 1 to `count`.
  package let number: Int
  /// The number of shards.
  package let count: Int

  private static let largestCount = 1_000_000

  /// Creates a shard.
  ///
  /// - Throws: A ``Problem`` of kind `usage` that names `location` if there is no such shard.
  package init(_ number: Int, of count: Int, at location: String) throws {
    guard (1...Self.largestCount).contains(count), (1...count).contains(number) else {
      throw Problem(
        .usage, "there is no shard \(number) of \(count)", at: location,
        advice: "four shards are 1/4 to 4/4; there can be up to \(Self.largestCount)")
    }
    (self.number, self.count) = (number, count)
  }

  /// Parses a shard such as `2/4`.
  ///
  /// - Throws: A ``Problem`` of kind `usage` that names `location`.
  package init(parsing text: String, at location: String) throws {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1] else {
      throw Problem(
        .usage, "'\(text)' is not a shard", at: location,
        advice: "write the shard and the number of shards, as in 2/4")
    }
    try self.init(number, of: count, at: location)
  }

  package var description: String { "\(number)/\(count)" }

  /// Returns the items of this shard in their order.
  ///
  /// Items are assigned by the SHA-256 of their names, so that neighbours in a list, often of one site, are
  /// spread over all shards. Shards differ by at most the `work` of one item; a new item moves at most one
  /// other per shard.
  package func deal<Item>(_ items: [Item], work: (Item) -> Int = { _ in 1 }, by name: (Item) -> String)
    -> [Item]
  {
    let ranks = items.map { Digest.of(Data(name($0).utf8)) }
    let total = items.reduce(0) { $0 + work($1) }
    var done = 0, mine = Set<Int>()
    for index in items.indices.sorted(by: { ranks[$0] < ranks[$1] }) {
      // The shard that contains the middle of the item's work.
      let own = work(items[index]), middle = 2 * done + own
      if min(count, middle * count / max(1, 2 * total) + 1) == number { mine.insert(index) }
      done += own
    }
    return items.indices.filter(mine.contains).map { items[$0] }
  }
}
