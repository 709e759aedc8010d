import Base
import Methods
import Tensors

/// The network of an autoencoder, a variational one or an AnoVAEGAN as ONNX operators: from slices to the
/// decoded (mean) code, as it is scored.
struct ReconstructionGraph {
  private let settings: NetworkSettings
  private let weights: [String: Tensor]
  private let side: Int
  private(set) var graph: ONNXGraph

  static let input = "slices", output = "reconstructions"

  /// `weights` by the names of the method's state; throws a ``ParameterError`` where one is missing.
  init(settings: NetworkSettings, weights: [String: Tensor], imageSize: Int) throws {
    (self.settings, self.weights) = (settings, weights)
    side = try settings.latentSide(imageSize: imageSize)
    graph = ONNXGraph(input: Self.input, shape: [1, imageSize, imageSize])
    try encode()
    try decode()
  }

  private mutating func encode() throws {
    for index in settings.channels.indices {
      try block("encoder.\(index)", stride: settings.stem && index == 0 ? 1 : 2)
    }
    let stride = settings.stem ? 2 : 1
    switch settings.code {
    case .dense:
      try convolution("code.squeeze", kernel: settings.stem ? 3 : 1, stride: stride)
      try graph.reshape([-1])
      try linear("code.mean")
    case .spatial: try convolution("code.mean", kernel: 3, stride: stride)
    }
  }

  private mutating func decode() throws {
    if settings.code == .dense {
      try linear("code.expand")
      try graph.reshape([settings.denseChannels, side, side])
      try convolution("code.widen", kernel: 1)
    }
    for index in settings.channels.indices { try block("decoder.\(index)", stride: 2, isTransposed: true) }
    try convolution("output", kernel: 1, as: Self.output)
  }

  private mutating func block(_ name: String, stride: Int, isTransposed: Bool = false) throws {
    try convolution("\(name).conv", kernel: settings.kernel, stride: stride, isTransposed: isTransposed)
    try norm("\(name).norm")
    try activation()
  }

  private mutating func convolution(
    _ name: String, kernel: Int, stride: Int = 1, isTransposed: Bool = false, as output: String? = nil
  ) throws {
    let constants = try named(["\(name).weight", "\(name).bias"])
    let pads = ONNXGraph.Attribute.ints([Int](repeating: kernel / 2, count: 4))
    let (kernels, strides) = (
      ONNXGraph.Attribute.ints([kernel, kernel]), ONNXGraph.Attribute.ints([stride, stride])
    )
    if isTransposed {
      try graph.apply(
        "ConvTranspose", constants: constants,
        ["kernel_shape": kernels, "pads": pads, "strides": strides, "output_padding": .ints([1, 1])],
        as: output)
    } else {
      try graph.apply(
        "Conv", constants: constants, ["kernel_shape": kernels, "pads": pads, "strides": strides], as: output)
    }
  }

  private mutating func linear(_ name: String) throws {
    try graph.apply("Gemm", constants: named(["\(name).weight", "\(name).bias"]), ["transB": .int(1)])
  }

  private mutating func norm(_ name: String) throws {
    let affine = ["\(name).weight", "\(name).bias"], epsilon = ONNXGraph.Attribute.float(1e-5)
    switch settings.norm {
    case .batch:
      try graph.apply(
        "BatchNormalization", constants: named(affine + ["\(name).running_mean", "\(name).running_var"]),
        ["epsilon": epsilon])
    case .instance: try graph.apply("InstanceNormalization", constants: named(affine), ["epsilon": epsilon])
    case .group:
      throw Problem(
        .usage, "ONNX has no group normalisation in the version that is written", at: "model.network.norm",
        advice: "export one with batch or instance normalisation")
    case .none: break
    }
  }

  private mutating func activation() throws {
    let x = graph.last
    switch settings.activation {
    case .relu: try graph.apply("Relu")
    case .leakyReLU: try graph.apply("LeakyRelu", ["alpha": .float(Float(settings.slope))])
    case .tanh: try graph.apply("Tanh")
    case .sigmoid: try graph.apply("Sigmoid")
    case .silu:
      try graph.apply("Sigmoid")
      try graph.apply("Mul", to: [x, graph.last])
    case .gelu:
      let half = try Tensor.full([1], 0.5), root = try Tensor.full([1], Float(2).squareRoot())
      try graph.apply("Div", to: [x], constants: [("\(x).root", root)])
      try graph.apply("Erf")
      try graph.apply("Add", constants: [("\(x).one", try Tensor.ones([1]))])
      try graph.apply("Mul", to: [x, graph.last])
      try graph.apply("Mul", constants: [("\(x).half", half)])
    case .identity: break
    }
  }

  private func named(_ names: [String]) throws -> [(name: String, tensor: Tensor)] {
    try names.map { name in
      guard let tensor = weights[name] else { throw ParameterError.missing(path: name, shape: []) }
      return (name, tensor)
    }
  }
}
