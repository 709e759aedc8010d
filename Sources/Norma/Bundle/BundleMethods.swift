import Methods
import StrictSettings

extension BundleDescription {
  /// The methods of the bundle in words, the members of an ensemble instead of the ensemble, and how many of
  /// each.
  package var methods: [(summary: String, count: Int)] {
    let names = Self.names(configuration.method, configuration.model)
    return Set(names).sorted().map { name in
      ((try? MethodRegistry.entry(name).summary) ?? name, names.count { $0 == name })
    }
  }

  private static func names(_ method: String, _ model: ConfigurationNode) -> [String] {
    guard case .list(let members)? = model["members"] else { return [method] }
    return members.flatMap { member -> [String] in
      guard case .string(let name)? = member["method"] else { return [] }
      return names(name, member["model"] ?? .map([:]))
    }
  }
}
