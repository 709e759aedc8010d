import Base
public import Cohort
public import Volumes

/// Lays a scan on the template: an affine map found by mutual information, from coarse to fine, from several starts.
public struct TemplateRegistration: Sendable {
  /// Where a scan lies.
  public struct Result: Sendable {
    /// World mm of the scan to world mm of the template.
    public let toTemplate: Affine
    /// Dice of the template's brain and the scan's, as far as the scan reaches.
    public let overlap: Double
    /// What the reader should know.
    public let notes: [String]
  }

  /// One step from coarse to fine, in voxels of `spacing` mm.
  private struct Level {
    let spacing: Double
    let iterations, bins: Int
    let sampling: Double
  }

  private static let first = Level(spacing: 8, iterations: 30, bins: 32, sampling: 1)
  private static let refinements = [
    Level(spacing: 6, iterations: 60, bins: 32, sampling: 1),
    Level(spacing: 4, iterations: 60, bins: 32, sampling: 0.25),
    Level(spacing: 3, iterations: 60, bins: 48, sampling: 1),
  ]
  private static let extentSpacing = 4.0

  /// The template that scans are laid on.
  public let template: Template
  /// How they are.
  public var settings: RegistrationSettings
  private let share: Volume
  private let images: [Double: (image: Volume, region: Mask)]

  /// Makes the template's images of every stage. Throws a ``Problem`` for a template without a brain.
  public init(template: Template, settings: RegistrationSettings = .init()) throws {
    guard let brain = MaskedBrain(template.brain, mask: template.mask) else {
      throw Problem(
        .badData, "the template holds no brain", at: "the template",
        advice: "delete it and run Scripts/bootstrap")
    }
    (self.template, self.settings) = (template, settings)
    share = try brain.share(spacing: Self.extentSpacing)
    images = try Dictionary(
      uniqueKeysWithValues: ([Self.first] + Self.refinements).map { level in
        let spacing = level.spacing
        return (spacing, (try brain.image(spacing: spacing), try brain.region(spacing: spacing)))
      })
  }

  /// Where `scan` lies; `brain` is on its grid and `name` stands in messages. Throws a ``Problem`` for a brain mask
  /// that is empty or of another grid, and for a result that cannot be right.
  public func register(_ scan: Volume, brain: Mask, name: String) throws -> Result {
    guard brain.geometry.matches(scan.geometry) else {
      throw Problem(
        .badData, "the brain mask does not lie on the scan's grid", at: name,
        advice: "give the brain mask of this scan")
    }
    guard let moving = MaskedBrain(scan, mask: brain) else {
      throw Problem(
        .badData, "the brain mask holds no bright voxel", at: name,
        advice: "look at the scan and its brain mask")
    }
    var (found, _) = try bestStart(moving, name: name)
    for level in Self.refinements {
      found = try register(moving.image(spacing: level.spacing), .affine, level, from: found).affine
    }
    let toTemplate = try found.inverse()
    let fit = try RegistrationFit(toTemplate, template: template.mask, brain: brain)
    return Result(
      toTemplate: toTemplate, overlap: fit.overlap, notes: try fit.notes(settings: settings, name: name))
  }

  private func bestStart(_ moving: MaskedBrain, name: String) throws -> (affine: Affine, metric: Double) {
    let starts = RegistrationStarts.between(share, try moving.share(spacing: Self.extentSpacing))
    let image = try moving.image(spacing: Self.first.spacing)
    let ends = concurrentMap(starts.count) { index in
      Swift.Result { try register(image, .similarity, Self.first, from: starts[index]) }
    }
    // From a bad start the images may not meet at all; one good start is enough.
    guard let best = ends.compactMap({ try? $0.get() }).min(by: { $0.metric < $1.metric }) else {
      _ = try ends.first?.get()
      throw Problem(
        .badData, "the brain is too small to be laid on the template", at: name,
        advice: "look at the scan and its brain mask")
    }
    return best
  }

  private func register(
    _ moving: Volume, _ kind: ITK.Stage.Kind, _ level: Level, from start: Affine
  ) throws -> (affine: Affine, metric: Double) {
    guard let fixed = images[level.spacing] else { preconditionFailure("no image of \(level.spacing) mm") }
    let stage = ITK.Stage(
      kind: kind, iterations: level.iterations, bins: level.bins, sampling: level.sampling,
      seed: settings.seed, firstStep: level.spacing)
    return try ITK.register(
      fixed: fixed.image, region: fixed.region, moving: moving, from: start, stage: stage)
  }
}
