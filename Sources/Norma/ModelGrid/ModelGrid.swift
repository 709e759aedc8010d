import Base
import Foundation
public import Volumes

/// Brings a skull-stripped scan to the grid and the intensity scale of the model.
public struct ModelGrid: Sendable {
  /// The grid and the normalisation.
  public let recipe: Recipe

  /// The model grid of a recipe.
  public init(recipe: Recipe) { self.recipe = recipe }

  /// Places a scan on the grid.
  ///
  /// - Parameters:
  ///   - scan: The scan, skull-stripped or with a mask.
  ///   - brainMask: The brain mask, paired with the scan by its affine; without it every non-zero voxel is
  ///     brain.
  ///   - toTemplate: The map from the scan's world mm to the template's. With it the model sees axial slices
  ///     of the template, without it those of the scan.
  ///   - z: The template-space z in mm of an image without position, such as a PNG slice.
  ///   - isInTemplateSpace: Whether a scan without such a map is in template space; nil decides by its brain.
  ///   - name: The name of the scan in messages.
  /// - Returns: The slices, with what maps them back onto the scan.
  /// - Throws: A ``Problem`` of kind `badData` for a scan that cannot be scored.
  public func place(
    _ scan: Volume, brainMask: Mask? = nil, toTemplate: Affine? = nil, z: Double? = nil,
    isInTemplateSpace: Bool? = nil, name: String
  ) throws -> GriddedScan {
    try scan.geometry.requireAxialSlice(name: name)
    let volume = try scan.finite(name: name)
    let brainMask =
      try brainMask?.paired(with: volume.geometry, kind: Volume.brainMask, at: name)
      ?? volume.nonZeroMask(name: name)
    let canonical = CanonicalScan(volume, brain: brainMask)
    if let toTemplate { return try registered(canonical, toTemplate, native: scan, name: name) }
    return try stack(canonical, z: z, isInTemplateSpace, native: scan, name: name)
  }

  /// Places the scan's own axial slices.
  private func stack(
    _ scan: CanonicalScan, z: Double?, _ isInTemplateSpace: Bool?, native: Volume, name: String
  ) throws -> GriddedScan {
    let (image, brain) = (scan.image, scan.brain)
    let position = TemplatePosition(
      of: brain, isPlanar: native.header == nil && native.shape[2] == 1, z: z,
      isInTemplateSpace: isInTemplateSpace, recipe: recipe)
    let pixelArea = image.geometry.spacing.x * image.geometry.spacing.y
    var slices = [Int](), zs = [Double?](), outside = 0
    for slice in 0..<image.shape[2] {
      let pixels = brain.slice(slice).count { $0 != 0 }
      guard pixels > 0, Double(pixels) * pixelArea >= recipe.minimumBrainArea else { continue }
      let z = position.z(ofSlice: slice, in: image.geometry)
      guard recipe.contains(z: z) else {
        outside += 1
        continue
      }
      slices.append(slice)
      zs.append(z)
    }
    guard !slices.isEmpty else { throw nothingToScore(outside: outside, name: name) }

    let inPlane = try SlicePlacement(scan: image.geometry, recipe: recipe, offset: position.offset)
    let scored = brain.keeping(slices: slices)
    let (pixels, inside) = try normalized(image, inside: scored, name: name)
    let placement = StackPlacement(inPlane: inPlane, slices: slices, shape: image.shape)
    return GriddedScan(
      slices: slices, z: zs, images: try placement.toGrid(pixels),
      brain: try placement.toGrid(inside).map { $0 > 0.5 ? 1 : 0 },
      notes: position.notes + rangeNotes(outside: outside, scored: slices.count),
      adjacentDistance: recipe.adjacentDistance, placement: placement, orientation: scan.orientation,
      wholeBrain: brain, scoredBrain: scored, native: native)
  }

  /// Places a registered scan in axial slices of the template, ``Recipe/sliceSpacing`` apart.
  private func registered(
    _ scan: CanonicalScan, _ toTemplate: Affine, native: Volume, name: String
  ) throws -> GriddedScan {
    let placed = scan.image.geometry.moved(by: toTemplate)
    let (zs, outside) = AxialCoverage(of: scan.brain, in: placed, spacing: recipe.sliceSpacing)
      .positions(minimumArea: recipe.minimumBrainArea, isKnown: recipe.contains)
    guard let first = zs.first, let last = zs.last else {
      throw nothingToScore(outside: outside, name: name)
    }
    let half = recipe.sliceSpacing / 2
    let scored = scan.brain.keeping(in: placed) { (first - half...last + half).contains($0.z) }
    let placement = TemplatePlacement(scan: placed, recipe: recipe, z: zs)
    let (pixels, inside) = try normalized(scan.image, inside: scored, name: name)
    return GriddedScan(
      slices: Array(zs.indices), z: zs, images: try placement.toGrid(pixels),
      brain: try placement.toGrid(inside).map { $0 > 0.5 ? 1 : 0 },
      notes: rangeNotes(outside: outside, scored: zs.count),
      adjacentDistance: recipe.adjacentDistance, placement: placement, orientation: scan.orientation,
      wholeBrain: scan.brain, scoredBrain: scored, native: native)
  }

  private func nothingToScore(outside: Int, name: String) -> Problem {
    if outside > 0 {
      return Problem(
        .badData, "no slice is in the axial range of the bundle (z \(zRange) mm)", at: name,
        advice: "use a bundle for whole brains, or register the scan to the template first")
    }
    return Problem(
      .badData, "no slice holds \(recipe.minimumBrainArea) mm² of brain", at: name,
      advice: "check that the file holds a skull-stripped scan, or give a brain mask")
  }

  private func rangeNotes(outside: Int, scored: Int) -> [String] {
    guard outside > 0 else { return [] }
    return [
      "Slices scored: \(scored). Slices with brain outside the axial range of this bundle "
        + "(z \(zRange) mm), not scored, NaN in the map: \(outside)."
    ]
  }

  private var zRange: String { recipe.zRange.map { $0.formatted(fraction: 0) }.joined(separator: " to ") }

  /// The voxels on the model's intensity scale, 0 outside the brain, and the brain as 0 and 1.
  private func normalized(
    _ image: Volume, inside brain: Mask, name: String
  ) throws -> (pixels: [Float], inside: [Float]) {
    let values = zip(image.voxels, brain.voxels).compactMap { $1 == 0 ? nil : $0 }
    guard let scale = IntensityScale(recipe.normalization, of: values) else {
      throw Problem.uniformIntensity(name: name)
    }
    return (
      zip(image.voxels, brain.voxels).map { $1 == 0 ? 0 : scale.normalize($0) },
      brain.voxels.map { $0 == 0 ? 0 : 1 }
    )
  }
}

/// A scan and its brain on RAS+ axes.
private struct CanonicalScan {
  let orientation: Orientation
  let image: Volume
  let brain: Mask

  init(_ scan: Volume, brain mask: Mask) {
    orientation = Orientation(of: scan.geometry)
    image = orientation.apply(scan)
    brain = orientation.apply(Mask(geometry: scan.geometry, voxels: mask.voxels))
  }
}
