/// A moving average of a network's parameters: decay * average + (1 - decay) * parameters after each step.
///
/// After n steps the decay is min(`decay`, n / (n + 9)), as in TensorFlow's `ExponentialMovingAverage`: the
/// average follows the first steps faster.
public struct ExponentialMovingAverage {
  private let average, parameters: [Tensor]
  private let decay: Double

  /// The average of `parameters` in the store `average` of the same network; buffers are not averaged.
  public init(_ average: ParameterStore, of parameters: ParameterStore, decay: Double) {
    self.average = average.parameters
    self.parameters = parameters.parameters
    self.decay = decay
  }

  /// Moves the average after the optimiser's step of this number, counted from 1.
  public func update(step: Int) throws(TensorError) {
    let decay = min(decay, Double(step) / Double(step + 9))
    try withoutGradients { () throws(TensorError) in
      for (mean, parameter) in zip(average, parameters) {
        try mean.lerp_(parameter, weight: Float(1 - decay))
      }
    }
  }
}
