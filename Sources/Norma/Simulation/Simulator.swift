import Cohort
import Base
import Volumes

/// A simulator of FLAIR scans: heads deformed from a template, some of them with lesions.
public struct Simulator: Sendable {
  /// The options of the cohort.
  public let options: SimulationOptions
  private let template: SimulatedTemplate
  private let grid: SampleGrid

  /// Creates a simulator.
  ///
  /// - Throws: A ``ConfigurationError`` if an option is out of range, ``SimulationError/noSlices`` if no
  ///   slice is left.
  public init(template: SimulatedTemplate, options: SimulationOptions) throws {
    try options.validate()
    (self.template, self.options) = (template, options)
    let size = options.voxelSize.map { Float($0) }
    grid = try SampleGrid(
      covering: template.tissues, voxelSize: Point(size[0], size[1], size[2]), zRange: options.zRange)
  }

  /// Returns the participant of an index, such as `sub-001` for 0.
  public func participantID(_ index: Int) -> String {
    let number = String(index + 1)
    return "sub-" + String(repeating: "0", count: max(3 - number.count, 0)) + number
  }

  /// Simulates the participant of an index, from 0. The result depends only on template, options and index.
  ///
  /// - Throws: ``SimulationError/noPlaceForLesion(participantID:_:)`` if the slices have no site for a
  ///   lesion.
  public func makeCase(_ index: Int) throws -> SimulatedCase {
    var random = SeededGenerator(seed: options.seed, stream: UInt64(index), 0)
    let head = SimulatedHead(template: template, random: &random)
    let scanner = Scanner(random: &random)
    guard options.split(of: index) == .test else {
      return scan(index, head, scanner, kinds: [], lesions: [])
    }
    let kind = LesionKind.allCases[index % LesionKind.allCases.count]
    // A small lesion can be in fluid or between the slices; then the participant gets other lesions.
    for _ in 0..<8 {
      let lesions = try lesions(of: kind, in: head, index: index, random: &random)
      let patient = scan(index, head, scanner, kinds: [kind], lesions: lesions)
      if patient.lesionMask.voxels.contains(1) { return patient }
    }
    throw SimulationError.noPlaceForLesion(participantID: participantID(index), kind)
  }

  private func scan(
    _ index: Int, _ head: SimulatedHead, _ scanner: Scanner, kinds: [LesionKind], lesions: [PaintedLesion]
  ) -> SimulatedCase {
    let slices = concurrentMap(grid.shape.z) { z in
      slice(
        z, head, lesions, scanner, SeededGenerator(seed: options.seed, stream: UInt64(index), 1, UInt64(z)))
    }
    return SimulatedCase(
      participantID: participantID(index),
      flair: Volume(geometry: grid.geometry, voxels: slices.flatMap(\.signal)),
      brainMask: Mask(geometry: grid.geometry, voxels: slices.flatMap(\.brain)),
      lesionMask: Mask(geometry: grid.geometry, voxels: slices.flatMap(\.lesion)),
      split: options.split(of: index), kinds: kinds)
  }

  private func lesions(
    of kind: LesionKind, in head: SimulatedHead, index: Int, random: inout SeededGenerator
  ) throws -> [PaintedLesion] {
    try kind.lesions(random: &random) { random, condition in
      for _ in 0..<5_000 {
        let voxel = grid.centre(
          random.count(0...grid.shape.x - 1), random.count(0...grid.shape.y - 1),
          random.count(0...grid.shape.z - 1))
        let tissue = head.tissue(at: voxel)
        if tissue.insideBrain && condition(tissue) { return voxel }
      }
      throw SimulationError.noPlaceForLesion(participantID: participantID(index), kind)
    }
  }

  private struct RenderedSlice: Sendable {
    var signal: [Float] = []
    var brain: [UInt8] = []
    var lesion: [UInt8] = []
  }

  private func slice(
    _ z: Int, _ head: SimulatedHead, _ lesions: [PaintedLesion], _ scanner: Scanner, _ random: SeededGenerator
  ) -> RenderedSlice {
    let offsets = grid.sampleOffsets
    var random = random, slice = RenderedSlice()
    for y in 0..<grid.shape.y {
      for x in 0..<grid.shape.x {
        let centre = grid.centre(x, y, z)
        var intensity: Float = 0, brainSamples = 0, lesionSamples = 0
        for offset in offsets {
          let point = centre + offset
          var tissue = head.tissue(at: point)
          guard tissue.insideBrain else { continue }
          var painted = false
          for lesion in lesions
          where lesion.paint(&tissue, at: point, fluidIntensity: head.fluidIntensity) {
            painted = true
          }
          intensity += tissue.intensity
          brainSamples += 1
          lesionSamples += painted ? 1 : 0
        }
        let inBrain = 2 * brainSamples > offsets.count
        let mean = intensity / Float(max(brainSamples, 1))
        slice.signal.append(inBrain ? scanner.signal(mean, random: &random) : 0)
        slice.brain.append(inBrain ? 1 : 0)
        slice.lesion.append(inBrain && 2 * lesionSamples > offsets.count ? 1 : 0)
      }
    }
    return slice
  }
}

/// A scanner, with arbitrary units and Rician noise.
private struct Scanner: Sendable {
  private let scale: Float
  private let noise: Float

  init(random: inout SeededGenerator) {
    scale = random.uniform(80...900)
    noise = random.uniform(0.015...0.05)
  }

  func signal(_ intensity: Float, random: inout SeededGenerator) -> Float {
    let real = intensity + noise * random.normal()
    let imaginary = noise * random.normal()
    return scale * (real * real + imaginary * imaginary).squareRoot()
  }
}
