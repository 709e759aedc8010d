import Base
import Cohort
public import Foundation
import Volumes

/// A simulator of skull-stripped FLAIR scans, some of them with lesions: synthetic brains as methods learn from
/// (`FLAIRSynthesis`), on the voxel grid and in the units of a scanner.
public struct Simulator: Sendable {
  /// The options of the cohort.
  public let options: SimulationOptions
  let anatomies: Int
  private let grid: ScanGrid
  private let healthy: FLAIRSynthesis
  private let patients: [FLAIRSynthesis]
  /// Ideal heads with focal lesions, which a scanner measures at each visit.
  let visitSynthesis: FLAIRSynthesis
  /// Ideal heads without lesions in the contrast of a T1w.
  private let t1wSynthesis: FLAIRSynthesis

  /// Creates a simulator of brains that are deformed from the template of a folder.
  ///
  /// - Throws: A ``ConfigurationError`` if an option is out of range, ``SimulationError/noSlices`` if no slice is
  ///   left, a ``Problem`` for a template that cannot be read.
  public init(template folder: URL, options: SimulationOptions) throws {
    let template = AnatomyCase(participantID: "template", source: .template)
    try self.init(anatomies: [AnatomyPreparation(template: folder).prepare(template)], options: options)
  }

  /// Creates a simulator of made-up heads of ellipsoids, which needs no files.
  ///
  /// - Throws: A ``ConfigurationError`` if an option is out of range, ``SimulationError/noSlices`` if no slice is
  ///   left.
  public init(ofPhantoms options: SimulationOptions) throws {
    try self.init(anatomies: [.phantom], options: options)
  }

  /// Creates a simulator of brains that are deformed from these anatomies in turn.
  package init(
    anatomies: [Anatomy], options: SimulationOptions, settings: SynthesisSettings = Simulator.settings
  ) throws {
    try options.validate()
    self.options = options
    self.anatomies = anatomies.count
    grid = try ScanGrid(voxelSize: options.voxelSize, zRange: options.zRange)
    var settings = settings
    let thickness = min(max(options.voxelSize[2], 0.5), 12)
    settings.acquisition.thickness = [thickness, thickness]
    // A slab has its share of the lesions of a brain.
    let height = Double(grid.heights.count) * options.voxelSize[2]
    settings.lesions.brainCount = settings.lesions.brainCount.map { max($0 * min(height / 120, 1), 2) }
    func synthesis(_ kind: LesionKind?, _ settings: SynthesisSettings) throws -> FLAIRSynthesis {
      var settings = settings
      settings.lesions.none = 0
      settings.lesions.large = kind == .large ? 1 : 0
      settings.lesions.confluent = kind == .confluent ? 1 : 0
      return try FLAIRSynthesis(
        anatomies: anatomies, settings: settings, paintsLesions: kind != nil, adjacentDistance: 0)
    }
    healthy = try synthesis(nil, settings)
    patients = try LesionKind.allCases.map { try synthesis($0, settings) }
    settings.acquisition = .ideal
    visitSynthesis = try synthesis(.focal, settings)
    settings.contrast = .t1w
    t1wSynthesis = try synthesis(nil, settings)
  }

  /// The settings that methods learn from, but with exact brain masks without meninges, grey matter that is as
  /// bright as `ContrastCheck` expects in a FLAIR, conspicuous lesions, and normal rims around the ventricles that
  /// are fainter than any lesion, so that the image decides what is a lesion.
  package static var settings: SynthesisSettings {
    var settings = SynthesisSettings()
    settings.remnants.probability = 0
    // The template is larger than most brains.
    settings.shape.scale = [0.85, 1]
    settings.contrast.edges = 0
    settings.contrast.grey = [1.1, 1.4]
    settings.contrast.rimIntensity = [0.95, 1.2]
    settings.contrast.capWidth = [0, 4]
    settings.acquisition.noise = [0.01, 0.05]
    settings.acquisition.shading = [0, 0.08]
    settings.lesions.intensity = [1.3, 1.9]
    settings.lesions.opacity = [0.8, 1]
    settings.lesions.radius = [2, 9]
    settings.lesions.smallestMaximum = 4
    settings.lesions.largeRadius = [9, 30]
    settings.lesions.brainCount = [4, 60]
    return settings
  }

  /// Returns the participant of an index, such as `sub-001` for 0.
  public func participantID(_ index: Int) -> String {
    let number = String(index + 1)
    return "sub-" + String(repeating: "0", count: max(3 - number.count, 0)) + number
  }

  /// Simulates the participant of an index, from 0. The result depends only on anatomies, options and index.
  ///
  /// - Throws: ``SimulationError/noPlaceForLesion(participantID:_:)`` if the slices have no site for a
  ///   lesion.
  public func makeCase(_ index: Int) throws -> SimulatedCase {
    var seeds = SeededGenerator(seed: options.seed, stream: UInt64(index))
    guard options.split(of: index) == .test else { return scan(index, of: healthy, seed: seeds.next(), nil) }
    let first = (0..<index).first { options.split(of: $0) == .test } ?? index
    let number = (index - first) % LesionKind.allCases.count, kind = LesionKind.allCases[number]
    // A lesion can be too small to be seen in thick slices; then the participant gets another head.
    for _ in 0..<8 {
      let patient = scan(index, of: patients[number], seed: seeds.next(), kind)
      if patient.lesionMask.voxels.contains(1) { return patient }
    }
    throw SimulationError.noPlaceForLesion(participantID: participantID(index), kind)
  }

  private func scan(_ index: Int, of synthesis: FLAIRSynthesis, seed: UInt64, _ kind: LesionKind?)
    -> SimulatedCase
  {
    let heights = grid.heights
    let head = synthesis.head(
      seed: seed, anatomy: index % anatomies, between: heights[0], and: heights[heights.count - 1])
    var units = SeededGenerator(seed: seed, stream: 99)
    let scale = units.uniform(80...900)
    let slices = concurrentMap(heights.count) { number in
      let plane = head.signal(at: FLAIRSynthesis.position(ofZ: heights[number]))
      let brain = grid.means(of: plane.brain)
      let signal = grid.means(of: zip(plane.signal, plane.brain).map { $0 * $1 })
      let lesion = grid.means(of: plane.lesion)
      return (
        signal: zip(signal, brain).map { $1 > 0.5 ? max(scale * $0 / $1, .leastNormalMagnitude) : 0 },
        brain: brain.map { $0 > 0.5 ? UInt8(1) : 0 },
        lesion: zip(lesion, brain).map { $0 > 0.5 && $1 > 0.5 ? UInt8(1) : 0 }
      )
    }
    return SimulatedCase(
      participantID: participantID(index),
      flair: Volume(geometry: grid.geometry, voxels: slices.flatMap(\.signal)),
      brainMask: Mask(geometry: grid.geometry, voxels: slices.flatMap(\.brain)),
      lesionMask: Mask(geometry: grid.geometry, voxels: slices.flatMap(\.lesion)),
      t1w: options.hasT1w
        ? t1ws(ofHead: seed, anatomy: index % anatomies, fromFLAIR: [.identity]).first : nil,
      split: options.split(of: index), kinds: [kind].compactMap { $0 })
  }

  /// Measures a head again as a T1w with voxels of 1 mm and without lesions, once for each FLAIR of it, each time in
  /// another position; the maps are those from the FLAIR scans to template mm.
  func t1ws(ofHead seed: UInt64, anatomy: Int, fromFLAIR maps: [Affine]) -> [SimulatedCase.T1w] {
    let head = VisitObject(t1wSynthesis.head(seed: seed, anatomy: anatomy), changes: nil)
    var random = SeededGenerator(seed: seed, stream: 97)
    var scanner = VisitScanner(thickness: 1, random: &random)
    return maps.map { toTemplate in
      defer { scanner = scanner.next(isOther: false, random: &random) }
      return SimulatedCase.T1w(
        image: scanner.scan(head, voxelSize: [1, 1, 1]).flair,
        fromFLAIR: scanner.position.composed(with: toTemplate))
    }
  }
}
