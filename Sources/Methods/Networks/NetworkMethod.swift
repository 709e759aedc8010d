import Tensors

/// A method that trains networks. It names its modules, and saving and loading follows from that.
protocol NetworkMethod: DistributedMethod {
  /// What scoring needs: the bundle's weights.
  var scoringModules: any StatefulModule { get }
  /// What only training needs: optimisers, and networks that do not score.
  var trainingModules: any StatefulModule { get }
}

extension NetworkMethod {
  var state: [String: Tensor] { get throws { try scoringModules.state } }
  func load(state: [String: Tensor]) throws { try scoringModules.load(state) }
  var optimizerState: [String: Tensor] { get throws { try trainingModules.state } }
  func load(optimizerState: [String: Tensor]) throws { try trainingModules.load(optimizerState) }
}
