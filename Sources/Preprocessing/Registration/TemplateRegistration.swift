import Base
public import Cohort
public import Volumes

/// Affine registration of a scan to the template: mutual information, coarse to fine, from several starts.
public struct TemplateRegistration: Sendable {
  /// The map to the template and its quality.
  public struct Result: Sendable {
    /// The map from world mm of the scan to world mm of the template.
    public let toTemplate: Affine
    /// The Dice overlap of the two brains within the field of view of the scan.
    public let overlap: Double
    /// Remarks for the report.
    public let notes: [String]
  }

  /// A level of the pyramid, with voxels of `spacing` mm.
  private struct Level {
    let spacing: Double
    let iterations, bins: Int
    let sampling: Double
  }

  private static let first = Level(spacing: 8, iterations: 30, bins: 32, sampling: 1)
  /// For turned brains. In FLAIR scans of nine people they have 0.37 to 0.58 of the mutual information of the upright
  /// brain; where the header is turned, 1.07 to 2.07 times that of the header's own direction. More iterations change
  /// these by a tenth at most.
  private static let trial = Level(spacing: 8, iterations: 8, bins: 32, sampling: 1)
  private static let refinements = [
    Level(spacing: 6, iterations: 60, bins: 32, sampling: 1),
    Level(spacing: 4, iterations: 60, bins: 32, sampling: 0.25),
    Level(spacing: 3, iterations: 60, bins: 48, sampling: 1),
  ]
  private static let extentSpacing = 4.0

  /// The template to which scans are registered.
  public let template: Template
  /// The settings of the registration.
  public var settings: RegistrationSettings
  private let fraction: Volume
  private let images: [Double: (image: Volume, region: Mask)]

  /// Resamples the template for every level.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the template contains no brain.
  public init(template: Template, settings: RegistrationSettings = .init()) throws {
    guard let brain = MaskedBrain(template.brain, mask: template.mask) else {
      throw Problem(
        .badData, "the template contains no brain", at: "the template",
        advice: "delete it and run Scripts/bootstrap")
    }
    (self.template, self.settings) = (template, settings)
    fraction = try brain.fraction(spacing: Self.extentSpacing)
    images = try Dictionary(
      uniqueKeysWithValues: ([Self.first] + Self.refinements).map { level in
        let spacing = level.spacing
        return (spacing, (try brain.image(spacing: spacing), try brain.region(spacing: spacing)))
      })
  }

  /// Registers a scan to the template.
  ///
  /// - Parameters:
  ///   - scan: The scan, with or without skull.
  ///   - brain: The brain mask on the grid of the scan.
  ///   - name: The name of the scan in messages.
  /// - Returns: The affine map in world mm, the overlap of the brains and remarks.
  /// - Throws: A ``Problem`` if the mask is empty or on another grid, or if the map is implausible.
  public func register(_ scan: Volume, brain: Mask, name: String) throws -> Result {
    guard brain.geometry.matches(scan.geometry) else {
      throw Problem(
        .badData, "the brain mask is not on the grid of the scan", at: name,
        advice: "give the brain mask of this scan")
    }
    guard let moving = MaskedBrain(scan, mask: brain) else {
      throw Problem(
        .badData, "the scan has no positive intensities inside the brain mask", at: name,
        advice: "inspect the scan and its brain mask")
    }
    let start = try bestStart(moving, name: name)
    var map = start.affine
    for level in Self.refinements {
      map = try register(moving.image(spacing: level.spacing), .affine, level, from: map).affine
    }
    let toTemplate = try map.inverse()
    let fit = try RegistrationFit(toTemplate, template: template.mask, brain: brain)
    let notes = try fit.notes(settings: settings, name: name)
    if fit.overlap < settings.goodOverlap {
      let image = try moving.image(spacing: Self.first.spacing)
      try requireUpright(start, [], AxisTurn.all, gain: 1, image, name: name)
    }
    return Result(
      toTemplate: toTemplate, overlap: fit.overlap, notes: notes)
  }

  private func bestStart(_ moving: MaskedBrain, name: String) throws -> (affine: Affine, metric: Double) {
    let starts = RegistrationStarts.between(fraction, try moving.fraction(spacing: Self.extentSpacing))
    let image = try moving.image(spacing: Self.first.spacing)
    let ends = ends(of: starts, image, Self.first)
    guard let best = ends.best else {
      _ = try ends.first?.get()
      throw Problem(
        .badData, "the brain is too small for registration", at: name,
        advice: "inspect the scan and its brain mask")
    }
    try requireUpright(
      best, starts.count <= Self.mostTurned ? starts : [], AxisTurn.halfTurns, gain: Self.turnedGain, image,
      name: name)
    return best
  }

  /// Throws a ``Problem`` if the brain fits the template better when it is turned.
  ///
  /// The brain is nearly symmetric, so a turn about the vertical axis and a mirrored front and back are
  /// alike; a mirrored left and right does not show.
  private func requireUpright(
    _ upright: (affine: Affine, metric: Double), _ starts: [Affine], _ turns: [AxisTurn], gain: Double,
    _ image: Volume, name: String
  ) throws {
    let fits = turns.compactMap { turn in
      let starts = RegistrationStarts.turned(starts + [upright.affine], by: turn, ofTemplate: fraction)
      return ends(of: starts, image, Self.trial).best.map { (turn, metric: $0.metric) }
    }
    guard let (turn, metric) = fits.min(by: { $0.metric < $1.metric }), metric / upright.metric > gain else {
      return
    }
    throw Problem(
      .badData,
      "the brain fits the template better when it is turned \(turn.name), so the header does not "
        + "say where left and right are", at: name,
      advice: "convert the scan again with dcm2niix; a copy of the data without its affine cannot be used")
  }

  /// The mutual information of a turned brain over that of the upright one, above which a scan is refused. A brain
  /// without structure, such as an ellipsoid, fits as well when it is turned. Where the brains overlap badly, any
  /// gain is enough.
  private static let turnedGain = 1.15
  /// The number of starts up to which all of them are turned; a slab has more.
  private static let mostTurned = 4

  private func ends(of starts: [Affine], _ image: Volume, _ level: Level) -> [Swift.Result<
    (affine: Affine, metric: Double), any Error
  >] {
    concurrentMap(starts.count) { index in
      Swift.Result { try register(image, .similarity, level, from: starts[index]) }
    }
  }

  private func register(
    _ moving: Volume, _ kind: ITK.Stage.Kind, _ level: Level, from start: Affine
  ) throws -> (affine: Affine, metric: Double) {
    guard let fixed = images[level.spacing] else { preconditionFailure("no image at \(level.spacing) mm") }
    let stage = ITK.Stage(
      kind: kind, iterations: level.iterations, bins: level.bins, sampling: level.sampling,
      seed: settings.seed, firstStep: level.spacing)
    return try ITK.register(
      fixed: fixed.image, region: fixed.region, moving: moving, from: start, stage: stage)
  }
}

extension [Swift.Result<(affine: Affine, metric: Double), any Error>] {
  /// The end with the highest mutual information. From a bad start the images may not overlap at all; one
  /// good start is enough.
  fileprivate var best: (affine: Affine, metric: Double)? {
    compactMap { try? $0.get() }.min { $0.metric < $1.metric }
  }
}
