import Base
import Volumes

/// The errors of brain extraction in one image: where the mask contains meninges, skull or muscle, or lacks some
/// brain, and the intensities of what is not brain.
struct Remnants {
  /// The mean and the smooth variation of how far the mask is from the brain's edge, in mm, outwards positive.
  private let depth: (mean: Float, amount: Float, noise: SmoothNoise)?
  /// How much further outwards the mask is at the vertex and below the brain, in mm.
  private let top, bottom: Float
  /// The width of the fluid around the brain in mm, its intensity and that of the tissue behind it.
  private let fluidWidth, fluid, intensity: Float
  private let variation: (amount: Float, noise: SmoothNoise)
  private let bright: (threshold: Float, intensity: Float)

  /// Draws the errors of an image with the given intensity of fluid.
  init(
    _ settings: SynthesisSettings.Remnants, fluid: Float, slices: ClosedRange<Int>,
    random: inout SeededGenerator
  ) {
    func noise(_ millimetres: Float) -> SmoothNoise {
      let nodes = millimetres / Float(Anatomy.grid.spacing.x)
      return SmoothNoise(spacing: nodes, depth: nodes, slices: slices, random: &random)
    }
    let isWrong = random.chance(Float(settings.probability))
    let values = (random.uniform(settings.depth), random.uniform(settings.depthVariation), noise(30))
    depth = isWrong ? values : nil
    // Most masks are worst at one end.
    top = random.chance(0.4) ? random.uniform(settings.endDepth) : 0
    bottom = random.chance(0.4) ? random.uniform(settings.endDepth) : 0
    fluidWidth = random.uniform(settings.fluidWidth)
    self.fluid = fluid
    intensity = random.uniform(settings.intensity)
    variation = (random.uniform(settings.variation), noise(9))
    bright = (random.uniform(0...1.5), random.uniform(settings.brightIntensity))
  }

  /// Returns the brain mask of a slab, 1 inside, and writes the intensities of what is not brain in it; those of
  /// brain outside the mask become 0.
  func extract(_ slab: Slab, intensities: Field) -> Field {
    guard let depth else { return slab.brain }
    let mask = Field(slices: slab.slices.count), noise = Field(slices: 2)
    for (slice, position) in slab.slices.enumerated() {
      let z = Float(Anatomy.z(at: Double(position)))
      let reach = depth.mean + top * smoothstep(45, 70, z) + bottom * (1 - smoothstep(-60, -35, z))
      depth.noise.write(slice: Float(position), to: noise[0])
      variation.noise.write(slice: Float(position), to: noise[1])
      let (brain, out) = (slab.brain[slice], intensities[slice])
      let (inner, outer) = (slab.edgeDistance[slice], slab.outsideDistance[slice])
      for i in 0..<SyntheticSlice.area {
        let distance = brain[i] > 0 ? -inner[i] : outer[i]
        guard distance < reach + depth.amount * noise[0][i] else {
          out[i] = 0
          continue
        }
        mask[slice][i] = 1
        guard brain[i] == 0 else { continue }
        let share = min(max((noise[1][i] - bright.threshold) * 3, 0), 1)
        let tissue = max(intensity + variation.amount * noise[1][i], 0)
        out[i] = distance < fluidWidth ? fluid : tissue + share * (bright.intensity - tissue)
      }
    }
    return mask
  }
}
