import Tensors

/// Anisotropic total variation of images (batch, 1, height, width): the sum of |differences| of neighbours.
enum TotalVariation {
  fileprivate static let dims = [2, 3]

  /// The total variation of each image: (batch).
  static func of(_ images: Tensor) throws -> Tensor {
    let variations = try dims.map { try images.differences($0).abs().sum([1, 2, 3]) }
    return try variations[0] + variations[1]
  }

  /// The proximal map: argmin over u of ½ Σ(u - v)² + weight · TV(u), with u = 0 outside a region.
  ///
  /// It is computed by projected gradient descent on the dual problem, whose variables are flows between
  /// neighbours of at most `weight` (Chambolle 2005). Each call continues from the flows of the last one, so
  /// that few iterations are enough for images that change slowly.
  struct ProximalMap {
    let weight: Float
    /// (batch, 1, height, width), 1 inside and 0 outside.
    let region: Tensor
    var iterations = 20
    private var flows: [Tensor]?

    /// The norm of the differences times their transpose is less than 8.
    private static let stepSize: Float = 1 / 8

    init(weight: Float, region: Tensor) { (self.weight, self.region) = (weight, region) }

    mutating func apply(_ images: Tensor) throws -> Tensor {
      var flows = try self.flows ?? dims.map { try images.differences($0).zerosLike() }
      func moved() throws -> Tensor {
        try zip(flows, dims).reduce(images) { try $0 + divergence($1.0, $1.1) } * region
      }
      for _ in 0..<iterations {
        let current = try moved()
        flows = try zip(flows, dims).map {
          try ($0 + current.differences($1) * Self.stepSize).clamp(min: -weight, max: weight)
        }
      }
      self.flows = flows
      return try moved()
    }

    /// Inflow minus outflow, one element longer along the dimension.
    private func divergence(_ flow: Tensor, _ dim: Int) throws -> Tensor {
      func padded(_ before: Int, _ after: Int) throws -> Tensor {
        try flow.pad(dim == 3 ? [before, after] : [0, 0, before, after])
      }
      return try padded(0, 1) - padded(1, 0)
    }
  }
}
