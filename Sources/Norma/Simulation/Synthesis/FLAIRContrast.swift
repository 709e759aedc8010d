import Base
import Volumes

/// The intensities of healthy tissue in one FLAIR image, relative to white matter, with the brightness that is
/// normal: rims and caps of the ventricles, choroid plexus, the edge of the brain, moving fluid.
struct FLAIRContrast {
  /// The intensities of grey matter and of fluid.
  let grey, fluid: Float
  private let texture: Float
  private let greyVariation, whiteVariation: (amount: Float, noise: SmoothNoise)
  private let symmetry: (amount: Float, noise: SmoothNoise)
  private let rim: (width: Float, cap: Float, intensity: Float)?
  private let plexus: (threshold: Float, intensity: Float, noise: SmoothNoise)?
  private let edge: (width: Float, threshold: Float, gain: Float, noise: SmoothNoise)?
  private let flow: (threshold: Float, gain: Float, noise: SmoothNoise)?

  /// Draws the contrast of an image; `slices` are those of the anatomy that can be made.
  init(_ settings: SynthesisSettings.Contrast, slices: ClosedRange<Int>, random: inout SeededGenerator) {
    func noise(_ millimetres: Float) -> SmoothNoise {
      let nodes = millimetres / Float(Anatomy.grid.spacing.x)
      return SmoothNoise(spacing: nodes, depth: nodes, slices: slices, random: &random)
    }
    grey = random.uniform(settings.grey)
    fluid = random.uniform(settings.fluid)
    texture = random.uniform(settings.texture) * (random.chance(0.5) ? 1 : -1)
    greyVariation = (random.uniform(settings.greyVariation), noise(24))
    whiteVariation = (random.uniform(settings.whiteVariation), noise(30))
    symmetry = (random.uniform(settings.symmetricVariation), noise(random.uniform(settings.symmetricWidth)))
    rim =
      random.chance(Float(settings.rims))
      ? (
        random.uniform(settings.rimWidth), random.uniform(settings.capWidth),
        grey * random.uniform(settings.rimIntensity)
      ) : nil
    plexus =
      random.chance(Float(settings.plexus))
      ? (random.uniform(0.8...1.8), grey * random.uniform(0.7...1.5), noise(4.5)) : nil
    edge =
      random.chance(Float(settings.edges))
      ? (random.uniform(1.5...4), random.uniform(0...1.2), random.uniform(1...1.6), noise(8)) : nil
    flow =
      random.chance(Float(settings.flow))
      ? (random.uniform(0.5...1.5), random.uniform(settings.flowIntensity), noise(6)) : nil
  }

  /// Returns the intensities of a slab, 0 outside the brain.
  func intensities(_ slab: Slab) -> Field {
    let result = Field(slices: slab.slices.count), area = SyntheticSlice.area
    let noise = Field(slices: 3)
    for (slice, position) in slab.slices.enumerated() {
      let out = result[slice], position = Float(position)
      let (grey, white, fluid) = (slab.grey[slice], slab.white[slice], slab.fluid[slice])
      let (brain, own) = (slab.brain[slice], slab.texture[slice])
      let distance = slab.ventricleDistance[slice]
      greyVariation.noise.write(slice: position, to: noise[0])
      whiteVariation.noise.write(slice: position, to: noise[1])
      symmetry.noise.write(slice: position, to: noise[2])
      let (greyNoise, whiteNoise) = (noise[0], noise[1]), symmetric = noise[2]
      Self.fold(symmetric)
      for i in 0..<area {
        out[i] =
          grey[i] * (self.grey + greyVariation.amount * greyNoise[i])
          + white[i] * (1 + whiteVariation.amount * whiteNoise[i]) + fluid[i] * self.fluid + texture * own[i]
          + (grey[i] + white[i]) * symmetry.amount * symmetric[i]
      }
      if let rim { paint(rim, on: out, distance: distance, fluid: fluid, noise: whiteNoise) }
      if let plexus {
        plexus.noise.write(slice: position, to: noise[0])
        for i in 0..<area where brain[i] > 0 && distance[i] <= 0.1 {
          let share = min(max((greyNoise[i] - plexus.threshold) * 4, 0), 1)
          out[i] += share * (plexus.intensity - out[i])
        }
      }
      if let edge {
        edge.noise.write(slice: position, to: noise[0])
        let depth = slab.edgeDistance[slice]
        for i in 0..<area where brain[i] > 0 && depth[i] < edge.width {
          let share = min(max((greyNoise[i] - edge.threshold) * 4, 0), 1)
          out[i] += share * (out[i] * (edge.gain - 1) + 0.1)
        }
      }
      if let flow {
        flow.noise.write(slice: position, to: noise[0])
        for i in 0..<area where fluid[i] > 0.5 {
          out[i] += flow.gain * min(max((greyNoise[i] - flow.threshold) * 4, 0), 1)
        }
      }
    }
    return result
  }

  /// Makes the right half of a slice the mirror image of the left.
  private static func fold(_ values: UnsafeMutablePointer<Float>) {
    let side = SyntheticSlice.side
    for first in stride(from: 0, to: SyntheticSlice.area, by: side) {
      for x in 0..<side / 2 { values[first + side - 1 - x] = values[first + x] }
    }
  }

  /// Paints the rim of the ventricles, which is wider at their horns and varies in width.
  private func paint(
    _ rim: (width: Float, cap: Float, intensity: Float), on out: UnsafeMutablePointer<Float>,
    distance: UnsafeMutablePointer<Float>, fluid: UnsafeMutablePointer<Float>,
    noise: UnsafeMutablePointer<Float>
  ) {
    let side = SyntheticSlice.side
    for y in 0..<side {
      let position = Float(Anatomy.grid.affine.origin.y) + Float(y) * Float(Anatomy.grid.spacing.y)
      let horns = max(smoothstep(12, 24, position), 1 - smoothstep(-48, -32, position))
      let width = rim.width + rim.cap * horns
      for i in y * side..<(y + 1) * side where distance[i] > 0 && distance[i] < 2 * width + 1 {
        let share = min(max(width * (1 + 0.4 * noise[i]) - distance[i] + 0.5, 0), 1)
        let solid = min(max((0.7 - fluid[i]) * 5, 0), 1)
        out[i] += 0.7 * share * solid * (rim.intensity - out[i])
      }
    }
  }

  /// Returns the median and 1.4826 MAD that a whole brain has in this contrast.
  func statistics(
    _ sample: TissueSample, noise: Float, random: inout SeededGenerator
  ) -> (median: Float, deviation: Float) {
    RobustStatistics.medianAndDeviation(
      of: sample.voxels.map {
        $0.x * grey + $0.y + $0.z * fluid + $0.w * texture + noise * random.normal()
      })
  }
}

/// Voxels of a brain that are drawn at random: grey, white, fluid and texture.
struct TissueSample {
  static let count = 8192
  let voxels: [SIMD4<Float>]

  init(_ anatomy: Anatomy) {
    let inside = anatomy.brain.indices.filter { anatomy.brain[$0] != 0 }
    var random = SeededGenerator(seed: 0)
    voxels = (0..<(inside.isEmpty ? 0 : Self.count)).map { _ in
      let i = inside[random.count(0...inside.count - 1)]
      return [
        Float(anatomy.grey[i]) / 255, Float(anatomy.white[i]) / 255, Float(anatomy.fluid[i]) / 255,
        Float(anatomy.texture[i]) / 200,
      ]
    }
  }
}
