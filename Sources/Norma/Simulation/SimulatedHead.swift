import Base

/// The head of one participant in one scanner, without lesions: anatomy, contrast and shading.
struct SimulatedHead: Sendable {
  /// The tissue at a point of the head. Intensities are relative to mean white matter = 1.
  struct Tissue {
    var intensity: Float
    let insideBrain: Bool
    /// The fraction of cerebrospinal fluid, 0...1.
    let fluid: Float
    let greyMatter: Float
    let whiteMatter: Float
    /// The distance to the lateral ventricles in mm.
    let ventricleDistance: Float
  }

  private let tissues: Lattice
  /// The displacement in mm (x, y, z) and the gain of the coil (w).
  private let deformation: Lattice

  private let greyIntensity: Float
  let fluidIntensity: Float
  /// The fluid fractions below which a point looks like tissue and above which it looks like pure fluid. Low
  /// bounds give the wide sulci of an old brain.
  private let sulcusBounds: (Float, Float)
  /// Noise whose zeros are small sulci, which the average template lacks.
  private let sulci: HashNoise

  private let rimWidth: Float
  private let capWidth: Float
  private let rimIntensity: Float
  private let rimVariation: HashNoise

  private let textureStrength: Float
  private let fineTexture: HashNoise
  private let coarseTexture: HashNoise

  init(template: SimulatedTemplate, random: inout SeededGenerator) {
    // Sulci, ventricles and periventricular caps all widen with age.
    let age = random.uniform(0...1)
    tissues = template.tissues
    deformation = Self.deformation(
      of: template, ventricleGrowth: random.uniform(-0.5...1) + 3 * age, random: &random)
    greyIntensity = random.uniform(1.12...1.28)
    fluidIntensity = random.uniform(0.1...0.28)
    let sulcus = random.uniform(0.16...0.24) - 0.1 * age
    sulcusBounds = (sulcus, sulcus + random.uniform(0.3...0.4))
    sulci = HashNoise(key: random.next(), spacing: 11)
    rimWidth = random.uniform(1.5...3)
    capWidth = rimWidth + random.uniform(1...4) + random.uniform(0...6) * age
    rimIntensity = random.uniform(0.2...0.4) + random.uniform(0...0.6) * age
    rimVariation = HashNoise(key: random.next(), spacing: 9)
    textureStrength = random.uniform(0.025...0.05)
    fineTexture = HashNoise(key: random.next(), spacing: 2.5)
    coarseTexture = HashNoise(key: random.next(), spacing: 7)
  }

  /// Returns the tissue at a point of the head, in mm.
  func tissue(at point: Point) -> Tissue {
    let local = deformation.value(point)
    let source = point + Point(local.x, local.y, local.z)
    let tissue = tissues.value(source)
    let (grey, white, brain, distance) = (tissue.x, tissue.y, tissue.z, tissue.w)
    guard brain > 0.5 else {
      return Tissue(
        intensity: 0, insideBrain: false, fluid: 1, greyMatter: 0, whiteMatter: 0,
        ventricleDistance: distance)
    }
    let solid = max(grey + white, 1e-3)
    let sulcus =
      0.35 * grey * smoothstep(10, 25, distance) * (1 - smoothstep(0, 0.14, abs(sulci.value(source))))
    let fluid = smoothstep(sulcusBounds.0, sulcusBounds.1, 1 - solid / brain + sulcus)
    let matter =
      mix(1, greyIntensity, grey / solid) + rim(source, distance)
      + textureStrength * (fineTexture.value(point) + 2 * coarseTexture.value(point))
    return Tissue(
      intensity: local.w * mix(matter, fluidIntensity, fluid), insideBrain: true, fluid: fluid,
      greyMatter: grey, whiteMatter: white, ventricleDistance: distance)
  }

  /// Returns the intensity of the bright rim of the ventricles, which widens to caps at the horns.
  private func rim(_ point: Point, _ distance: Float) -> Float {
    guard distance < capWidth * 1.5 else { return 0 }
    let horns = max(smoothstep(12, 24, point.y), 1 - smoothstep(-48, -32, point.y))
    let width = mix(rimWidth, capWidth, horns) * (1 + 0.5 * rimVariation.value(point))
    return rimIntensity * (0.6 + 0.4 * horns) * (1 - smoothstep(0.3 * width, width, distance))
  }

  private static func deformation(
    of template: SimulatedTemplate, ventricleGrowth: Float, random: inout SeededGenerator
  ) -> Lattice {
    var field = template.ventriclePull
    let shape = field.smoothNoise(radius: 20, random: &random)
    let folds = field.smoothNoise(radius: 4, random: &random)
    let shading = field.smoothNoise(radius: 32, random: &random)
    let shapeStrength = random.uniform(1.5...3)
    let foldStrength = random.uniform(0.6...1.2)
    let shadingStrength = random.uniform(0.02...0.08)
    for i in field.values.indices {
      field.values[i] =
        shapeStrength * shape[i] + foldStrength * folds[i] - ventricleGrowth * field.values[i]
      field.values[i].w = max(0.5, 1 + shadingStrength * shading[i].w)
    }
    return field
  }
}
