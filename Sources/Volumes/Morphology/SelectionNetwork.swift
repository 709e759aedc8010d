/// A sequence of compare-exchanges that sorts or selects values whatever they are, so that vectors of them
/// are sorted at once.
///
/// It consists of Batcher's odd-even merges, which take lists of any two lengths (Knuth, The Art of Computer
/// Programming 3, section 5.3.4).
struct SelectionNetwork: Sendable {
  /// Two wires: the smaller value goes to `low`, the larger to `high`.
  struct Exchange: Sendable {
    let low, high: Int
  }

  /// The exchanges in their order.
  private(set) var exchanges: [Exchange] = []

  private init() {}

  /// Sorts wires 0..<count; `order` lists the wires from the smallest value to the largest.
  static func sorting(_ count: Int) -> (network: SelectionNetwork, order: [Int]) {
    var network = SelectionNetwork()
    let order = network.sort(Array(0..<count))
    return (network, order)
  }

  /// Moves the median of an odd number of wires, which are sorted in `lists`, to the wire `median`.
  static func median(ofSorted lists: [[Int]]) -> (network: SelectionNetwork, median: Int) {
    var network = SelectionNetwork()
    let order = network.merge(lists)
    let median = order[order.count / 2]
    network.dropExchanges(notNeededFor: median)
    return (network, median)
  }

  private mutating func sort(_ wires: [Int]) -> [Int] {
    guard wires.count > 1 else { return wires }
    return merge(sort(Array(wires[..<(wires.count / 2)])), sort(Array(wires[(wires.count / 2)...])))
  }

  private mutating func merge(_ lists: [[Int]]) -> [Int] {
    guard lists.count > 1 else { return lists.first ?? [] }
    return merge(merge(Array(lists[..<(lists.count / 2)])), merge(Array(lists[(lists.count / 2)...])))
  }

  /// Merges two sorted lists of wires: those at even and at odd positions, then neighbours of the two
  /// results.
  private mutating func merge(_ first: [Int], _ second: [Int]) -> [Int] {
    guard !first.isEmpty && !second.isEmpty else { return first + second }
    guard first.count + second.count > 2 else {
      exchanges.append(Exchange(low: first[0], high: second[0]))
      return [first[0], second[0]]
    }
    func everyOther(_ wires: [Int], from start: Int) -> [Int] {
      stride(from: start, to: wires.count, by: 2).map { wires[$0] }
    }
    let even = merge(everyOther(first, from: 0), everyOther(second, from: 0))
    let odd = merge(everyOther(first, from: 1), everyOther(second, from: 1))
    var order = [even[0]]
    for index in 0..<max(odd.count, even.count - 1) {
      if index < odd.count && index + 1 < even.count {
        exchanges.append(Exchange(low: odd[index], high: even[index + 1]))
      }
      if index < odd.count { order.append(odd[index]) }
      if index + 1 < even.count { order.append(even[index + 1]) }
    }
    return order
  }

  /// Drops the exchanges that the value on `wire` does not depend on.
  private mutating func dropExchanges(notNeededFor wire: Int) {
    var needed: Set = [wire]
    var kept = [Exchange]()
    for exchange in exchanges.reversed() where needed.contains(exchange.low) || needed.contains(exchange.high)
    {
      needed.formUnion([exchange.low, exchange.high])
      kept.append(exchange)
    }
    exchanges = kept.reversed()
  }
}
