import _TestSupport
import Tensors
import Testing

@testable import Base
@testable import StrictSettings
@testable import Methods
@testable import Cohort
@testable import Preprocessing
@testable import Norma

/// The network of lesions and tissues against Scripts/goldens/lesion_tissue.py, and that it learns.
@Suite struct LesionTissueTests {
  static func make(_ settings: [String] = [], seed: UInt64 = 0) throws -> LesionTissue {
    let configuration = try Configuration.tiny("whole-brain", settings: settings)
    let method = try MethodRegistry.entry("lesion-tissue").make(
      model: configuration.model, context: MethodContext(imageSize: 32, seed: seed))
    return try #require(method as? LesionTissue)
  }

  @Test func outputsLossesGradientAndMapAreThoseOfPyTorch() throws {
    let golden = try Goldens.tensors("lesion-tissue.safetensors")
    let batch = Batch(
      images: try golden.golden("images"), brain: try golden.golden("brain"),
      lesions: try golden.golden("labels"), adjacent: try golden.golden("adjacent"),
      tissues: try golden.golden("tissues"), z: [-12, 40])
    var settings = UNetSettings()
    settings.channels = [4, 8, 12]
    let network = try SegmentationNetwork(
      settings: settings, position: .template, seesAdjacent: true, seesMirrorImage: true, outputs: 9,
      context: MethodContext(imageSize: 32))
    let weights = golden.dropping(prefix: "weights/")
    try network.parameters.load(weights)
    let outputs = try network(batch, training: true)
    #expect(distance(try outputs.values(), try golden.golden("outputs").values()) < 1e-5)

    let method = try Self.make(["model.network.channels=[4, 8, 12]"])
    let terms = try method.terms(batch, LesionTissue.Outputs(outputs)), losses = try terms.values()
    #expect(Set(losses.terms.keys) == ["cross_entropy", "dice", "tissue"])
    for (name, value) in losses.with(["total": losses.total]).terms {
      let expected = Double(try golden.golden(name).item())
      #expect(abs(value - expected) < 1e-5 * expected, "\(name)")
    }
    try terms.total.backward()
    let gradient = try #require(network.parameters.parameters[0].gradient)
    #expect(distance(try gradient.values(), try golden.golden("gradient").values()) < 1e-5)

    try method.load(state: weights)
    #expect(distance(try method.score(batch).map.values(), try golden.golden("map").values()) < 1e-4)
  }

  /// Two pixels of one brain: of the first, two tissues are possible, of the second none.
  @Test func theLossOfTissuesIsOfWhatIsPossible() throws {
    var logits = [Float](repeating: 0, count: 16), possible = logits
    (logits[0], possible[0], possible[2]) = (2, 1, 1)
    let outputs = try LesionTissue.Outputs(
      .cat([.zeros([1, 1, 1, 2]), Tensor(logits, shape: [1, 8, 1, 2])], dim: 1))
    let batch = Batch(
      images: try .ones([1, 1, 1, 2]), brain: try .ones([1, 1, 1, 2]),
      tissues: try Tensor(possible, shape: [1, 8, 1, 2]))
    let tissue = try #require(Self.make().terms(batch, outputs).values().terms["tissue"])
    // exp(logit) is 7.38906 of the first tissue and 1 of the other seven: -log((7.38906 + 1) / (7.38906 + 7)).
    #expect(abs(tissue - 0.539540) < 1e-5, "\(tissue)")

    let unlabelled = Batch(images: batch.images, brain: batch.brain)
    #expect(try Self.make().terms(unlabelled, outputs).values().terms["tissue"] == nil)
    let nothing = Batch(
      images: batch.images, brain: batch.brain, tissues: try .zeros([1, 8, 1, 2]))
    #expect(try Self.make().terms(nothing, outputs).values().terms["tissue"] == 0)
  }

  /// Bright squares on grey matter on the left and on white matter on the right; the slices below are darker
  /// and those above brighter.
  static func squares(_ seed: UInt64, slices: Int = 8) throws -> Batch {
    let size = 32, area = size * size
    var draws = SeededGenerator(seed: seed), lesions = [Float](), images = [Float]()
    var tissues = [Float](repeating: 0, count: slices * 8 * area)
    for slice in 0..<slices {
      let row = draws.count(4...22), first = draws.count(2...24)
      for pixel in 0..<area {
        let (x, y) = (pixel % size, pixel / size)
        let isLesion = (first..<first + 5).contains(x) && (row..<row + 5).contains(y)
        let isWhite = x >= size / 2
        images.append((isWhite ? 0.5 : 0.6) + 0.02 * draws.normal() + (isLesion ? 0.2 : 0))
        lesions.append(isLesion ? 1 : 0)
        let tissue = isWhite ? Tissue.whiteMatter : .corticalGrey
        tissues[(slice * 8 + Int(tissue.rawValue)) * area + pixel] = 1
      }
    }
    let shape = [slices, 1, size, size], planes = try Tensor(images, shape: shape)
    return Batch(
      images: planes, brain: try .ones(shape), lesions: try Tensor(lesions, shape: shape),
      adjacent: try .cat([planes - 0.05, planes + 0.05], dim: 1),
      tissues: try Tensor(tissues, shape: [slices, 8, size, size]), z: (0..<slices).map { Double($0 * 5) })
  }

  @Test func lesionsAndTissuesAreLearned() throws {
    let method = try Self.make(["model.network.channels=[8, 16]"]), unseen = try Self.squares(99)
    for step in UInt64(0)..<120 {
      _ = try method.step(
        Self.squares(step), StepContext(learningRate: 5e-3, generator: Generator(seed: step)))
    }
    let score = try method.score(unseen)
    var voxels = ScoredVoxels()
    for (score, lesion) in zip(try score.map.values(), try unseen.labels().values()) {
      voxels.add(score: score, isLesion: lesion > 0.5)
    }
    let precision = try #require(PrecisionRecall(voxels).averagePrecision)
    #expect(precision > 0.8, "\(precision)")
    let tissues = try #require(score.tissues), labels = try #require(unseen.tissues)
    let correct = try (tissues * labels).sum([1]).greater(than: 0.5).to(.float32).mean().item()
    #expect(correct > 0.9, "\(correct)")
    // The prior counts against a lesion outside white matter.
    let plain = try Self.make(["model.network.channels=[8, 16]", "model.priorWeight=0"])
    try plain.load(state: method.state)
    let change = try (score.map - plain.score(unseen).map).mean([0, 1, 2]).values()
    #expect(change[4] < change[27] - 1, "\(change[4]), \(change[27])")
  }

  /// The map of the mirrored slice is the mirrored map: neighbours and position are mirrored too.
  @Test func sidesAreTreatedAlike() throws {
    let method = try Self.make(), batch = try Self.squares(3)
    for step in UInt64(0)..<3 {
      _ = try method.step(
        Self.squares(step), StepContext(learningRate: 1e-2, generator: Generator(seed: step)))
    }
    let (score, mirrored) = (try method.score(batch), try method.score(batch.mirrored()))
    #expect(distance(try mirrored.map.values(), try score.map.flip([3]).values()) < 1e-4)
    let (tissues, flipped) = (try #require(score.tissues), try #require(mirrored.tissues))
    #expect(tissues.shape == [8, 8, 32, 32])
    #expect(distance(try flipped.values(), try tissues.flip([3]).values()) < 1e-5)
    #expect(try score.map.flip([3]).values() != score.map.values())
  }

  /// Below is not above; a slice without neighbours is its own; an unknown z is 0.
  @Test func theNetworkKnowsWhichSliceIsWhich() throws {
    let method = try Self.make(), batch = try Self.squares(3), adjacent = try #require(batch.adjacent)
    func score(_ adjacent: Tensor?, z: [Double?]? = nil) throws -> [Float] {
      try method.score(Batch(images: batch.images, brain: batch.brain, adjacent: adjacent, z: z)).map.values()
    }
    #expect(try score(adjacent) != score(adjacent.flip([1])))
    #expect(try score(nil) == score(.cat([batch.images, batch.images], dim: 1)))
    #expect(try score(adjacent) == score(adjacent, z: batch.z.map { _ in 0 }))
    #expect(try score(adjacent) != score(adjacent, z: batch.z.map { _ in 60 }))
  }

  @Test func anEnsembleHasTheMeanOfTheTissues() throws {
    let members = try (0..<2).map { try Self.make(seed: UInt64($0)) }, batch = try Self.squares(1)
    let one = MethodCombination.Member(
      method: "lesion-tissue", model: try Configuration.tiny("whole-brain").model, weight: 0.5, floor: 0,
      zRange: [])
    let ensemble = try MethodRegistry.entry("ensemble").make(
      model: MethodCombination([one, one]).model, context: MethodContext(imageSize: 32))
    try ensemble.load(state: MethodCombination.state(members.map { try $0.state }))
    let expected = try members.map { try #require($0.score(batch).tissues) }
    let mean = try ((expected[0] + expected[1]) * 0.5).values()
    #expect(distance(try #require(ensemble.score(batch).tissues).values(), mean) < 1e-6)
  }
}
