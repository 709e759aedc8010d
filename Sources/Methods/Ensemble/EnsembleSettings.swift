import StrictSettings

extension Ensemble {
  struct ModelSettings: Settings {
    /// One of the methods.
    struct Member: Codable, Hashable, Sendable {
      /// The method's name.
      var method: String
      /// Those of its settings that differ from its defaults.
      var model = ConfigurationNode.map([:])
      /// Weight of its map in the sum.
      var weight = 1.0
      /// The score that counts as 0; higher scores count from there.
      var floor = 0.0
      /// Lowest and highest template z in mm between which its map counts; empty = everywhere.
      var zRange: [Double] = []
    }

    /// The methods and their weights; by default those that no seed changes, which train in one pass.
    var members = MethodCatalogue.entries.filter { !$0.metadata.isStochastic }.map { Member(method: $0.name) }

    func validate(path: String) throws {
      try require((1...20).contains(members.count), path, "members", members.count, "one to twenty methods")
      for (index, member) in members.enumerated() {
        let path = join(path, "members[\(index)]")
        try require(
          member.weight > 0 && member.weight <= 1000, path, "weight", member.weight,
          "more than 0, at most 1000")
        try require((0...1000).contains(member.floor), path, "floor", member.floor, "0 to 1000")
        try require(
          member.zRange.isEmpty || member.zRange.count == 2 && member.zRange[0] <= member.zRange[1], path,
          "zRange", member.zRange, "none, or the lowest and the highest in mm")
        let entry = try MethodCatalogue.entry(member.method)
        _ = try entry.resolve(member.model, entry.defaults)
      }
    }
  }
}
