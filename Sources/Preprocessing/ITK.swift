import Base
import CITK
import Volumes

/// The functions of ITK that preprocessing needs, through a C interface.
package enum ITK {
  /// A failed step and the message of ITK.
  struct Failure: ProblemReport {
    let step, reason: String

    var problem: Problem {
      Problem(
        .badData, "ITK: \(step) failed: \(reason)", at: "a scan and its brain mask",
        advice: "inspect both in a viewer; if they are correct, please report this")
    }
  }

  /// Returns the natural logarithm of the N4 bias field, fitted inside the mask and defined everywhere.
  static func logBiasField(
    of volume: Volume, mask: Mask, settings: BiasCorrectionSettings
  ) throws -> Volume {
    var parameters = CITKBiasFieldSettings(
      control_points: Int32(settings.controlPoints), levels: Int32(settings.levels),
      iterations: Int32(settings.iterations), convergence: settings.convergence,
      full_width_at_half_maximum: settings.fullWidthAtHalfMaximum, wiener_noise: settings.wienerNoise)
    let spacing = volume.geometry.spacing
    return try filled(volume, step: "bias correction") { out in
      citk_bias_field(
        volume.voxels, mask.voxels, volume.shape.map(Int64.init), [spacing.x, spacing.y, spacing.z],
        &parameters, out)
    }
  }

  /// Returns the volume smoothed by curvature flow.
  static func curvatureFlow(of volume: Volume, settings: CurvatureFlowSettings) throws -> Volume {
    try filled(volume, step: "curvature flow") { out in
      citk_curvature_flow(
        volume.voxels, volume.shape.map(Int64.init), Int32(settings.iterations), settings.timeStep, out)
    }
  }

  /// A stage of a registration.
  struct Stage: Sendable {
    enum Kind { case rigid, similarity, affine }

    let kind: Kind
    let iterations: Int
    let bins: Int
    /// The fraction of the voxels of the fixed image that are compared.
    let sampling: Double
    let seed: Int
    /// The maximum displacement of a point in the first step, in mm.
    let firstStep: Double
  }

  /// Returns the map from fixed to moving world mm that maximises the mutual information (Mattes et al. 2003)
  /// from `start`, and the negative mutual information. Only voxels in `region` are compared.
  static func register(
    fixed: Volume, region: Mask, moving: Volume, from start: Affine, stage: Stage
  ) throws -> (affine: Affine, metric: Double) {
    let kinds: [Stage.Kind: CITKTransformKind] = [
      .rigid: CITK_RIGID, .similarity: CITK_SIMILARITY, .affine: CITK_AFFINE,
    ]
    var settings = CITKRegistrationSettings(
      kind: kinds[stage.kind] ?? CITK_AFFINE, iterations: Int32(stage.iterations),
      bins: Int32(stage.bins), sampling: stage.sampling, seed: UInt32(stage.seed),
      first_step: stage.firstStep, last_step: lastStep)
    let rows = start.rows.flatMap { row in (0..<4).map { row[$0] } }
    var result = [Double](repeating: 0, count: 12)
    var metric = 0.0
    let status = withImage(fixed, mask: region) { fixed in
      withImage(moving, mask: nil) { moving in
        citk_register(fixed, moving, &settings, rows, &result, &metric)
      }
    }
    try check(status, step: "registration")
    let found = (0..<3).map { row in SIMD4(result[4 * row..<4 * row + 4]) }
    return (Affine(x: found[0], y: found[1], z: found[2]), metric)
  }

  private static let lastStep = 1e-3

  private static func withImage<Result>(
    _ volume: Volume, mask: Mask?, _ body: (UnsafePointer<CITKImage>) -> Result
  ) -> Result {
    func image(_ voxels: UnsafePointer<Float>, _ set: UnsafePointer<UInt8>?) -> Result {
      let rows = volume.geometry.affine.rows
      let (shape, x, y, z) = (volume.shape.map(Int64.init), rows[0], rows[1], rows[2])
      var image = CITKImage(
        voxels: voxels, mask: set, shape: (shape[0], shape[1], shape[2]),
        affine: (x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3], z[0], z[1], z[2], z[3]))
      return body(&image)
    }
    return if let mask { image(volume.voxels, mask.voxels) } else { image(volume.voxels, nil) }
  }

  private static func filled(
    _ volume: Volume, step: String, _ body: (UnsafeMutablePointer<Float>) -> CITKStatus
  ) throws -> Volume {
    var out = [Float](repeating: 0, count: volume.voxels.count)
    try check(body(&out), step: step)
    return Volume(geometry: volume.geometry, voxels: out, header: volume.header)
  }

  private static func check(_ status: CITKStatus, step: String) throws {
    guard status == CITK_OK else {
      throw Failure(step: step, reason: String(cString: citk_error_message()))
    }
  }
}
