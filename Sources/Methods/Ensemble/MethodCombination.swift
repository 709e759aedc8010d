package import StrictSettings
package import Tensors

/// Trained methods as one method, whose map is the weighted sum of theirs.
package struct MethodCombination {
  /// The name of the combined method.
  package static let method = Ensemble.name
  /// The settings of the combined method.
  package let model: ConfigurationNode

  /// One of the methods.
  package struct Member {
    fileprivate let settings: Ensemble.ModelSettings.Member

    /// A method whose map counts `weight` times as far as it is above `floor`, between two template z in mm;
    /// without a range everywhere.
    package init(method: String, model: ConfigurationNode, weight: Double, floor: Double, zRange: [Double]) {
      settings = Ensemble.ModelSettings.Member(
        method: method, model: model, weight: weight, floor: floor, zRange: zRange)
    }
  }

  /// Creates a combination.
  ///
  /// - Throws: A ``ConfigurationError`` for weights, floors or z ranges out of range.
  package init(_ members: [Member]) throws {
    let settings = Ensemble.ModelSettings(members: members.map(\.settings))
    try settings.validate(path: "model")
    model = try ConfigurationNode(encoding: settings)
  }

  /// The state of the combined method, from the states of its members in their order.
  package static func state(_ members: [[String: Tensor]]) -> [String: Tensor] {
    members.enumerated().reduce(into: [:]) { $0 = $0.merging($1.element.prefixed("\($1.offset)")) }
  }
}
