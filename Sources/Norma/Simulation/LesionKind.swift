import Base

/// The kind of lesions of a simulated participant.
public enum LesionKind: String, Codable, CaseIterable, Sendable {
  /// One large bright infarct, a wedge from deep white matter to the cortex.
  case stroke
  /// Several ovoid lesions beside the ventricles and below the cortex, as in multiple sclerosis.
  case demyelinating
  /// A few bright dots of 2 to 4 mm in white matter.
  case punctate
  /// A dark cavity with a bright rim, as after an old stroke.
  case cavity

  /// Returns the lesions of one participant; `site` finds a random position with suitable tissue.
  func lesions(
    random: inout SeededGenerator,
    site: (_ random: inout SeededGenerator, _ condition: (SimulatedHead.Tissue) -> Bool) throws -> Point
  ) rethrows -> [PaintedLesion] {
    switch self {
    case .stroke:
      let apex = try site(&random) { $0.whiteMatter > 0.7 && (8...30).contains($0.ventricleDistance) }
      return [LesionKind.wedge(apex: apex, random: &random)]
    case .demyelinating:
      return try (0..<random.count(5...14)).map { _ in
        let atVentricle = random.chance(0.6)
        let centre = try site(&random) {
          atVentricle
            ? $0.whiteMatter > 0.6 && (1...7).contains($0.ventricleDistance)
            : $0.whiteMatter > 0.4 && $0.greyMatter > 0.2 && $0.ventricleDistance > 15
        }
        let long = random.uniform(3...8)
        let short = long * random.uniform(0.45...0.8)
        return LesionKind.ovoid(
          centre: centre, radii: [long, short, short], roughness: 0.15, random: &random)
      }
    case .punctate:
      return try (0..<random.count(3...8)).map { _ in
        let centre = try site(&random) { $0.whiteMatter > 0.85 && $0.ventricleDistance > 10 }
        let radius = random.uniform(1.2...2.2)
        return LesionKind.ovoid(
          centre: centre, radii: [radius, radius, radius], roughness: 0.1, random: &random)
      }
    case .cavity:
      let centre = try site(&random) { $0.whiteMatter > 0.7 && $0.ventricleDistance > 12 }
      let radii = Point(random.uniform(8...18), random.uniform(8...13), random.uniform(8...13))
      return [
        LesionKind.ovoid(
          centre: centre, radii: radii, roughness: 0.25, cavityDepth: random.uniform(2.5...4),
          random: &random)
      ]
    }
  }

  private static func ovoid(
    centre: Point, radii: Point, roughness: Float, cavityDepth: Float? = nil,
    random: inout SeededGenerator
  ) -> PaintedLesion {
    let first = random.direction()
    let second = first.cross(random.direction()).normalized
    let third = first.cross(second)
    let noise = HashNoise(key: random.next(), spacing: max(radii.max() / 2, 2))
    return PaintedLesion(
      centre: centre, reach: radii.max() * (1 + roughness) + 2, contrast: random.uniform(0.4...0.9),
      cavityDepth: cavityDepth
    ) { point in
      let offset = point - centre
      let scaled = Point(offset.dot(first), offset.dot(second), offset.dot(third)) / radii
      return radii.min() * (1 - scaled.length + roughness * noise.value(point))
    }
  }

  private static func wedge(apex: Point, random: inout SeededGenerator) -> PaintedLesion {
    // Arteries fan out from the base of the brain, so the wedge opens away from it.
    let outward = Point(apex.x, apex.y + 18, 0.5 * (apex.z - 15)).normalized
    let axis = (outward + 0.35 * random.direction()).normalized
    let length = random.uniform(30...70)
    let slope = random.uniform(0.35...0.8)
    let coarse = HashNoise(key: random.next(), spacing: 9)
    let fine = HashNoise(key: random.next(), spacing: 3)
    let tip = apex - 8 * axis
    return PaintedLesion(
      centre: tip, reach: length + 8, edge: 5, contrast: random.uniform(0.4...0.8)
    ) { point in
      let offset = point - tip
      let along = offset.dot(axis)
      let aside = (offset - along * axis).length
      let depth = min(slope * along - aside, length - offset.length)
      return depth + 4 * coarse.value(point) + 1.5 * fine.value(point)
    }
  }
}
