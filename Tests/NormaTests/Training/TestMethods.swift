import Tensors

import StrictSettings
@testable import Methods

/// A method that counts its steps and breaks where its settings say.
final class CountingMethod: Method {
  struct ModelSettings: Settings {
    /// The step whose loss is not a number; 0 = none.
    var brokenStep = 0
    /// The epoch-end whose validation loss is not a number; 0 = none.
    var brokenValidation = 0
  }

  static let name = "test-counting"
  static let summary = "counts its steps"

  /// Makes the method known, once.
  static let register: Void = MethodRegistry.register(CountingMethod.self)

  private let settings: ModelSettings
  private var count: Float = 0

  init(settings: ModelSettings, context: MethodContext) throws { self.settings = settings }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    count += 1
    return Losses(total: Int(count) == settings.brokenStep ? .nan : Double(count))
  }

  /// Lowest after three steps.
  func validationLosses(_ batch: Batch) throws -> Losses? {
    let isBroken = settings.brokenValidation > 0 && Int(count) >= settings.brokenValidation
    return Losses(total: isBroken ? .nan : abs(Double(count) - 3) + 1)
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    AnomalyScore(map: try batch.images * batch.brain)
  }

  var state: [String: Tensor] { get throws { ["count": try Tensor([count], shape: [1])] } }

  func load(state: [String: Tensor]) throws {
    count = try state.tensor("count", like: .zeros([1])).item()
  }
}
