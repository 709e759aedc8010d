import StrictSettings
import Synchronization

/// The methods known by name. ``MethodRegistry`` fills it; a method that is made of others finds them here.
enum MethodCatalogue {
  private static let known = Mutex<[MethodEntry]>([])

  static var entries: [MethodEntry] { known.withLock { $0 } }

  /// Adds entries, each in place of one of the same name.
  static func add(_ entries: [MethodEntry]) {
    known.withLock { known in
      for entry in entries {
        known.removeAll { $0.name == entry.name }
        known.append(entry)
      }
    }
  }

  /// Returns the method of that name.
  ///
  /// - Throws: ``ConfigurationError/unknownName(kind:name:known:)``.
  static func entry(_ name: String) throws -> MethodEntry {
    let entries = entries
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ConfigurationError.unknownName(kind: "method", name: name, known: entries.map(\.name))
    }
    return entry
  }
}
