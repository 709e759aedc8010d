import _TestSupport
import Tensors
import Testing

@testable import Methods
@testable import Norma

/// Against PyTorch: Scripts/goldens/methods.py.
@Suite struct MethodGoldenTests {
  static let golden = Result { try Goldens.tensors("methods.safetensors") }

  /// A case of the golden file and the method that must agree with it.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let preset: String
    var architecture = "dense"
    var settings: [String] = []
    /// The progress of its steps.
    var progress = 0.0
    var testDescription: String { name }

    var golden: [String: Tensor] {
      get throws { try MethodGoldenTests.golden.get().dropping(prefix: "\(name)/") }
    }

    /// The method with the golden file's initial weights.
    func make() throws -> any Method {
      let small = [
        "model.network.channels=[4, 8]", "model.network.denseSize=6", "model.network.denseChannels=2",
        "model.network.spatialChannels=3", "model.network.kernel=3",
      ]
      let configuration = try Configuration(preset: preset, settings: small + settings)
      let method = try MethodRegistry.entry(configuration.method).make(
        model: configuration.model, context: MethodContext(imageSize: 32))
      let all = try MethodGoldenTests.golden.get()
      let weights = all.dropping(prefix: "weights/\(architecture)/")
      let critic = all.dropping(prefix: "weights/critic/")
      let known = weights.merging(weights.prefixed("encoder")).merging(weights.prefixed("generator"))
        .merging(critic.prefixed("critic"))
      let names = Set(try method.state.keys)
      try method.load(state: known.filter { names.contains($0.key) })
      let training = try method.optimizerState
      if training.keys.contains(where: { $0.hasPrefix("critic_weights.") }) {
        try method.load(optimizerState: critic.prefixed("critic_weights").merging(training))
      }
      return method
    }
  }

  static let klWeight = "model.klWeight=0.5"
  static let stem = ["model.network.stem=true", "model.network.activation=relu"]
  static let gradientDifference = "model.gradientDifferenceWeight=0.7"
  static let critic = [
    "model.critic.channels=[4, 8]", "model.critic.kernel=3", "model.critic.slope=0.2", "model.critic.steps=3",
  ]

  static let autoencoders = [
    Case(name: "autoencoder-dense", preset: "dense-ae"),
    Case(name: "autoencoder-dense-gdl", preset: "dense-ae", settings: [gradientDifference]),
    Case(
      name: "autoencoder-spatial-gdl", preset: "spatial-ae", architecture: "spatial-5",
      settings: [gradientDifference, "model.network.kernel=5"]),
    Case(name: "autoencoder-dense-stem", preset: "dense-ae", architecture: "dense-stem", settings: stem),
    Case(
      name: "autoencoder-spatial-instance", preset: "spatial-ae", architecture: "spatial",
      settings: ["model.network.norm=instance"]),
    Case(name: "vae-dense", preset: "dense-vae", settings: [klWeight]),
    Case(name: "vae-spatial", preset: "spatial-vae", architecture: "spatial", settings: [klWeight]),
    Case(
      name: "vae-spatial-stem", preset: "spatial-vae", architecture: "spatial-stem",
      settings: stem + [klWeight, gradientDifference]),
  ]

  static let adversarial =
    ["joint", "separate"].flatMap { order in
      ["wasserstein", "nonSaturating"].map { loss in
        Case(
          name: "anovaegan-\(order)-\(loss)", preset: "anovaegan", architecture: "spatial",
          settings: critic + [
            klWeight, "model.updateOrder=\(order)", "model.critic.loss=\(loss)", "model.adversarialWeight=3",
          ])
      }
    } + [
      Case(name: "anogan-generator", preset: "anogan", settings: critic),
      Case(name: "f-anogan-generator", preset: "f-anogan", settings: critic),
      fastEncoder,
    ]

  static let search = Case(
    name: "anogan-search", preset: "anogan",
    settings: critic + ["model.searchSteps=6", "model.featureWeight=0.1"])
  static let fastEncoder = Case(
    name: "f-anogan-encoder", preset: "f-anogan",
    settings: critic + ["model.featureWeight=0.6", "model.generatorShare=0.5"], progress: 0.5)

  static func batch() throws -> Batch {
    let golden = try golden.get()
    return Batch(images: try golden.golden("images"), brain: try golden.golden("brain").to(.float32))
  }

  /// Every loss by its name, and no other. What a Wasserstein critic says is known but for its last bias, which has
  /// no gradient but rounding, and of which Adam still makes steps.
  private func expectClose(
    _ losses: Losses, _ golden: [String: Float], _ place: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let actual = losses.terms.merging(["total": losses.total]) { $1 }
    #expect(Set(actual.keys) == Set(golden.keys), sourceLocation: sourceLocation)
    let slack = golden["gradient_penalty"] == nil ? 0 : 5e-5
    for (name, expected) in golden {
      let difference = abs((actual[name] ?? .infinity) - Double(expected))
      #expect(
        difference <= 1e-4 * Double(abs(expected)) + slack,
        "\(place): \(name) \(actual[name] ?? .nan), PyTorch \(expected)", sourceLocation: sourceLocation)
    }
  }

  /// The tensors of these names one after the other, as the golden file holds them, each on the scale of its largest
  /// value. A bias before a norm has no gradient but rounding, so it is held against the largest of all, and where
  /// several updates make a step, running means follow it by `slack`.
  private func expectClose(
    _ tensors: [String: Tensor], _ golden: Tensor, _ what: String, slack: Float = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try golden.values()
    let largest = expected.map(abs).max() ?? 0
    var offset = 0
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let actual = try tensor.values()
      let part = Array(expected.dropFirst(offset).prefix(actual.count))
      offset += actual.count
      let norm = name.hasSuffix("conv.bias") ? "\(name.dropLast("conv.bias".count))norm.weight" : ""
      let tolerance =
        tensors[norm] != nil
        ? 5e-5 * largest : 1e-4 * (part.map(abs).max() ?? 0) + (name.hasSuffix("mean") ? slack : 0)
      #expect(distance(actual, part) <= tolerance, "\(what) of \(name)", sourceLocation: sourceLocation)
    }
    #expect(offset == expected.count, "\(what)", sourceLocation: sourceLocation)
  }

  @Test(arguments: autoencoders)
  func theValidationLossesAreThoseOfPyTorch(row: Case) throws {
    let golden = try row.golden.dropping(prefix: "validation/").mapValues { try $0.item() }
    let losses = try row.make().validationLosses(Self.batch())
    expectClose(try #require(losses), golden, "validation")
  }

  @Test(arguments: autoencoders + [search, fastEncoder])
  func theScoreIsThatOfPyTorch(row: Case) throws {
    let method = try row.make(), batch = try Self.batch()
    func expectScore(_ name: String, _ generator: Generator?) throws {
      let score = try method.score(batch, generator: generator)
      let golden = try row.golden.golden(name).values()
      let image = try batch.images.select(0, 0).values(), brain = try batch.brain.select(0, 0).values()
      let inside = zip(golden, brain).map { $0 * $1 }
      #expect(distance(try #require(score.reconstruction).select(0, 0).values(), inside) < 1e-5)
      let residual = zip(zip(image, inside), brain).map { max($0.0 - $0.1, 0) * $1 }
      #expect(distance(try score.map.select(0, 0).values(), residual) < 1e-5)
    }
    try expectScore("reconstruction", nil)
    if try row.golden["drawn"] != nil { try expectScore("drawn", Generator(seed: 77)) }
  }

  @Test(arguments: autoencoders + adversarial)
  func tenStepsAreThoseOfPyTorch(row: Case) throws {
    let method = try row.make(), batch = try Self.batch()
    let losses = try row.golden.dropping(prefix: "steps/").mapValues { try $0.values() }
    for step in 0..<10 {
      let context = StepContext(
        learningRate: 1e-3, progress: row.progress, generator: try Generator(seed: UInt64(step)))
      expectClose(try method.step(batch, context), losses.mapValues { $0[step] }, "step \(step)")
      if step > 0 { continue }
      for (optimizer, golden) in try row.golden.dropping(prefix: "moments/") {
        let prefix = optimizer == "network" ? "exp_avg." : "\(optimizer).exp_avg."
        try expectClose(method.optimizerState.dropping(prefix: prefix), golden, "first moments")
      }
      for (network, golden) in try row.golden.dropping(prefix: "statistics/") {
        let state = try network == "network" ? method.state : method.state.dropping(prefix: "\(network).")
        try expectClose(
          state.filter { $0.key.contains("norm.running_") }, golden, "running statistics",
          slack: row.name.contains("separate") ? 5e-4 : 0)
      }
    }
  }

  @Test func theGradientPenaltyAndItsGradientsAreThoseOfPyTorch() throws {
    var settings = CriticSettings()
    (settings.channels, settings.kernel, settings.slope) = ([4, 8], 3, 0.2)
    let critic = try Critic(settings: settings, context: MethodContext(imageSize: 32))
    let golden = try Self.golden.get()
    try critic.parameters.load(golden.dropping(prefix: "weights/critic/"))
    let images = try Self.batch().images
    let penalty = try critic.gradientPenalty(
      real: images, generated: 1 - images.flip([3]), Generator(seed: 3))
    #expect(try abs(penalty.item() / golden.golden("penalty/value").item() - 1) < 1e-5)
    try penalty.backward()
    try expectClose(
      critic.parameters.state.compactMapValues(\.gradient), golden.golden("penalty/gradients"),
      "gradient of the penalty"
    )
  }
}
