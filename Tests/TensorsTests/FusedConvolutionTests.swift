import _TestSupport
import Testing

import Tensors

/// The fused operator gives the numbers of its layers, also after the layers have changed.
struct FusedConvolutionTests {
  struct Layers {
    let convolve: Forward
    let fuse: (BatchNorm2d?, Activation) -> FusedConvolution?
  }

  static let convolutions: [Row<@Sendable (ParameterPath) throws -> Layers>] = [
    Row("conv2d") { path in
      let layer = try Conv2d(path, in: 4, out: 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2)
      return Layers(convolve: { try layer($0) }) {
        FusedConvolution(layer, norm: $0, activation: $1, slope: 0.2)
      }
    },
    Row("conv2d without bias") { path in
      let layer = try Conv2d(path, in: 4, out: 6, kernel: 3, bias: false, channelsLast: true)
      return Layers(convolve: { try layer($0) }) {
        FusedConvolution(layer, norm: $0, activation: $1, slope: 0.2)
      }
    },
    Row("convTranspose2d") { path in
      let layer = try ConvTranspose2d(
        path, in: 4, out: 6, kernel: 5, stride: 2, padding: 2, outputPadding: 1, channelsLast: true)
      return Layers(convolve: { try layer($0) }) {
        FusedConvolution(layer, norm: $0, activation: $1, slope: 0.2)
      }
    },
  ]

  @Test(arguments: convolutions, Activation.allCases)
  func agreesWithItsLayers(
    make: Row<@Sendable (ParameterPath) throws -> Layers>, activation: Activation
  ) throws {
    let draws = try Generator(seed: 3)
    let store = ParameterStore(generator: draws)
    let layers = try make.body(store.path("conv")), norm = try BatchNorm2d(store.path("norm"), 6)
    guard let fused = layers.fuse(norm, activation), let bare = layers.fuse(nil, activation) else {
      #expect(activation == .gelu)
      return
    }
    func expectAgreement(batch: Int, _ when: String) throws {
      let x = try Tensor.randn([batch, 4, 9, 9], generator: draws).contiguous(channelsLast: true)
      try withoutGradients {
        let convolved = try layers.convolve(x)
        try expectClose(
          fused(x), activation(norm(convolved, training: false), slope: 0.2), "with norm \(when)")
        try expectClose(bare(x), activation(convolved, slope: 0.2), "alone \(when)")
      }
    }
    try expectAgreement(batch: 2, "at first")
    // Only the running statistics change.
    _ = try norm(layers.convolve(.randn([3, 4, 9, 9], generator: draws)), training: true)
    try expectAgreement(batch: 2, "after a training pass")
    let counter = "norm.num_batches_tracked"
    var changed = try store.state.mapValues { try $0 * 0.5 + 0.1 }
    changed[counter] = store.state[counter]
    try store.load(changed)
    try expectAgreement(batch: 2, "after loading")
    try expectAgreement(batch: 5, "for another batch")
  }

  @Test func isNotForWhatIsDifferentiatedOrComputedElsewhere() throws {
    let x = try Tensor.zeros([1, 4, 9, 9])
    #expect(!FusedConvolution.accepts(x))
    #expect(try withoutGradients { try !FusedConvolution.accepts(x.to(.float64)) })
  }

  @Test func mixedPrecisionComputesInBFloat16() throws {
    try withoutGradients {
      let store = ParameterStore(generator: try Generator(seed: 3))
      let layer = try Conv2d(store.path(), in: 8, out: 6, kernel: 3)
      let fused = try #require(FusedConvolution(layer, norm: nil, activation: .relu, slope: 0))
      let x = try Tensor.randn([2, 8, 9, 9], generator: Generator(seed: 4))
      let exact = try fused(x)
      try mixedPrecision(on: .cpu) {
        // Elsewhere the layers are computed one by one.
        guard FusedConvolution.accepts(x) else { return }
        let rounded = try fused(x)
        #expect(rounded.dtype == .bfloat16)
        let difference = try (rounded.to(.float32) - exact).abs().values().max() ?? .nan
        #expect(try difference > 0 && difference < 0.02 * (exact.values().max() ?? .nan))
      }
      #expect(try fused(x).dtype == .float32)
    }
  }

  @Test func standardizedFiltersAreNotFused() throws {
    let store = ParameterStore(generator: try Generator(seed: 0))
    let layer = try Conv2d(store.path(), in: 4, out: 6, kernel: 3, standardized: true)
    #expect(FusedConvolution(layer, norm: nil, activation: .relu, slope: 0) == nil)
  }
}
