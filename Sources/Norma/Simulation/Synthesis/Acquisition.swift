import Base
import Methods
import Volumes

/// The scanner of one synthetic image: slice profile, blur, shading, noise and the scale of the result.
struct Acquisition {
  /// The standard deviation of the noise, relative to white matter.
  let noise: Float
  /// The standard deviation of the slice profile in slices.
  private let width: Float
  /// The weights of the blur at 0, 1 and 2 pixels; nil without blur.
  private let blur: SIMD3<Float>?
  private let shading: (amount: Float, noise: SmoothNoise)
  private let isSmooth: Bool
  private let gain, offset: Float

  /// The slices that can contribute to the planes of these positions.
  static func slices(_ settings: SynthesisSettings.Acquisition, planes: [Float]) -> ClosedRange<Int> {
    let reach = cut * width(Float(settings.thickness[1]))
    let (low, high) = (planes.min() ?? 0, planes.max() ?? 0)
    return Int((low - reach).rounded(.down))...Int((high + reach).rounded(.up))
  }

  /// Standard deviations of the slice profile beyond which it is 0.
  private static let cut: Float = 2.5

  /// The standard deviation in slices of a profile whose full width at half maximum is in mm; at least that
  /// of the anatomy's own slices.
  private static func width(_ thickness: Float) -> Float {
    max(thickness / 2.355 / Float(Anatomy.grid.spacing.z), 0.25)
  }

  /// Draws a scanner; `slices` are those of the anatomy that can be made.
  init(_ settings: SynthesisSettings.Acquisition, slices: ClosedRange<Int>, random: inout SeededGenerator) {
    width = Self.width(random.logUniform(settings.thickness))
    noise = random.logUniform(settings.noise)
    let spread = random.uniform(settings.blurWidth) / Float(Anatomy.grid.spacing.x)
    if random.chance(Float(settings.blur)), spread > 0.2 {
      let (near, far) = (exponential(-0.5 / (spread * spread)), exponential(-2 / (spread * spread)))
      blur = SIMD3(1, near, far) / (1 + 2 * near + 2 * far)
    } else {
      blur = nil
    }
    let amount = random.uniform(settings.shading)
    shading = (amount, SmoothNoise(spacing: 40, depth: 40, slices: slices, random: &random))
    isSmooth = random.chance(Float(settings.smoothNoise))
    gain = random.uniform(settings.gain)
    offset = random.uniform(-Float(settings.offset)...Float(settings.offset))
  }

  /// Returns the slices that each of the planes is the mean of.
  func profiles(of planes: [Float]) -> SliceProfiles {
    func weight(_ slice: Int, _ plane: Float) -> Float {
      let distance = Float(slice) - plane, t = distance / width
      // Between two slices a thin profile has no slice of its own.
      return abs(t) <= Self.cut || abs(distance) <= 0.5 ? exponential(-t * t / 2) : 0
    }
    let (low, high) = (planes.min() ?? 0, planes.max() ?? 0), reach = max(Self.cut * width, 0.5)
    let slices = (Int((low - reach).rounded(.up))...Int((high + reach).rounded(.down))).filter { slice in
      planes.contains { weight(slice, $0) > 0 }
    }
    return SliceProfiles(
      planes: planes, slices: slices,
      weights: planes.map { plane in
        let values = slices.map { weight($0, plane) }, sum = values.reduce(0, +)
        return values.map { $0 / sum }
      })
  }

  /// Divides the mean over a profile by the brain's share of it and blurs the result.
  func resolve(_ mean: Field, brain: Field) {
    for i in 0..<SyntheticSlice.area { mean.values[i] /= brain.values[i] + 1e-3 }
    guard let blur else { return }
    let side = SyntheticSlice.side, copy = Field(slices: 1)
    // Beyond the border there is no brain.
    func pass(_ source: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ step: Int) {
      for i in 2 * side..<SyntheticSlice.area - 2 * side {
        out[i] =
          blur.x * source[i] + blur.y * (source[i - step] + source[i + step])
          + blur.z * (source[i - 2 * step] + source[i + 2 * step])
      }
    }
    pass(mean.values, copy.values, 1)
    pass(copy.values, mean.values, side)
  }

  /// Returns the resolved plane at a position with shading and noise.
  func measured(_ resolved: Field, plane: Float, random: inout SeededGenerator) -> Field {
    let field = Field(slices: 1), grain = noise(random: &random)
    shading.noise.write(slice: plane, to: field.values)
    for i in 0..<SyntheticSlice.area {
      field.values[i] =
        resolved.values[i] * exponential(shading.amount * field.values[i]) + grain.values[i]
    }
    return field
  }

  /// Returns the model's input for a measured plane: robust z-scores.
  func input(
    _ measured: Field, brain: Field, statistics: (median: Float, deviation: Float)
  ) -> [Float] {
    let scale = gain / max(statistics.deviation, 1e-3) / RobustZScale.unit
    let shift = offset / RobustZScale.unit + RobustZScale.centre
    return (0..<SyntheticSlice.area).map { i in
      let input = shift + scale * (measured.values[i] - statistics.median)
      return brain.values[i] > 0.5
        ? min(max(input, RobustZScale.inputs.lowerBound), RobustZScale.inputs.upperBound) : 0
    }
  }

  private func noise(random: inout SeededGenerator) -> Field {
    let white = Field(slices: 1)
    for i in 0..<SyntheticSlice.area { white.values[i] = noise * random.normal() }
    guard isSmooth else { return white }
    // The mean of nine has a third of the deviation, of which half is given back, twice.
    let side = SyntheticSlice.side, rows = Field(slices: 1), smooth = Field(slices: 1)
    for i in 1..<SyntheticSlice.area - 1 {
      rows.values[i] = white.values[i - 1] + white.values[i] + white.values[i + 1]
    }
    for i in side..<SyntheticSlice.area - side {
      smooth.values[i] = (rows.values[i - side] + rows.values[i] + rows.values[i + side]) * (2 / 9)
    }
    return smooth
  }
}

/// The slices of an anatomy that planes of an image are the weighted means of.
struct SliceProfiles {
  /// The positions of the planes in slices of the anatomy.
  let planes: [Float]
  /// The slices that contribute to any of them.
  let slices: [Int]
  /// For each plane the weights of those slices, whose sum is 1.
  let weights: [[Float]]

  /// Returns the mean of a field over the profile of a plane.
  func average(_ field: Field, plane: Int) -> Field {
    let result = Field(slices: 1), out = result.values
    for (slice, weight) in weights[plane].enumerated() where weight > 0 {
      let source = field[slice]
      for i in 0..<SyntheticSlice.area { out[i] += weight * source[i] }
    }
    return result
  }
}
