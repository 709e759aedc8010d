import Foundation
import Tensors
public import Volumes

/// Brings a skull-stripped scan to the model's grid and brightness scale.
public struct ScanPreparation: Sendable {
  /// What is done.
  public let recipe: Recipe

  /// A preparation by a recipe.
  public init(recipe: Recipe) { self.recipe = recipe }

  /// Prepares a scan; `brainMask` must have its shape, without one every non-zero voxel is brain.
  /// Throws a ``Problem`` for a scan that cannot be scored; `name` stands in its message.
  public func callAsFunction(_ scan: Volume, brainMask: Mask? = nil, name: String) throws -> PreparedScan {
    let volume = try finite(scan, name: name)
    let brainMask = try brainMask ?? volume.nonZeroMask(name: name)
    guard brainMask.shape == volume.shape else {
      throw Problem(
        .badData, "brain mask and image differ in shape: \(brainMask.shape) and \(volume.shape)", at: name,
        advice: "resample the mask to the image's grid")
    }
    guard brainMask.geometry.matches(volume.geometry, tolerance: volume.geometry.spacing.min() / 2) else {
      throw Problem(
        .badData, "brain mask and image have one shape but lie in different places", at: name,
        advice: "resample the mask to the image's grid, or mend its header")
    }
    let orientation = Orientation(of: volume.geometry)
    let image = orientation.apply(volume)
    let brain = orientation.apply(Mask(geometry: volume.geometry, voxels: brainMask.voxels))
    let position = TemplatePosition(
      of: brain, isPlanar: volume.header == nil && volume.shape[2] == 1, recipe: recipe)

    let area = image.shape[0] * image.shape[1]
    let pixelArea = image.geometry.spacing.x * image.geometry.spacing.y
    var slices = [Int](), levels = [Double?](), outside = 0
    for slice in 0..<image.shape[2] {
      let pixels = brain.voxels[slice * area..<(slice + 1) * area].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
      guard pixels > 0, Double(pixels) * pixelArea >= recipe.minimumBrainArea else { continue }
      let level = position.level(ofSlice: slice, in: image.geometry)
      guard recipe.contains(level: level) else {
        outside += 1
        continue
      }
      slices.append(slice)
      levels.append(level)
    }
    guard !slices.isEmpty else { throw nothingToScore(outside: outside, name: name) }

    let placement = try SlicePlacement(scan: image.geometry, recipe: recipe, offset: position.offset)
    let (pixels, inside) = normalized(image, brain: brain, slices: slices)
    guard let pixels else {
      throw Problem(
        .badData, "the brain has one brightness everywhere", at: name,
        advice: "check that the file holds a scan")
    }
    let shape = [slices.count, image.shape[1], image.shape[0]]
    return PreparedScan(
      slices: slices, levels: levels, images: try placement.toGrid(Tensor(pixels, shape: shape)).values(),
      brain: try placement.toGrid(Tensor(inside, shape: shape)).values().map { $0 > 0.5 ? 1 : 0 },
      notes: position.notes + levelNotes(outside: outside, scored: slices.count),
      placement: placement, orientation: orientation, scoredBrain: brain.keeping(slices: slices), native: scan
    )
  }

  /// NaN is background where it is the only background; anywhere else it is an error.
  private func finite(_ scan: Volume, name: String) throws -> Volume {
    let broken = scan.nonFiniteCount
    guard broken > 0 else { return scan }
    guard broken < scan.voxels.count, !scan.voxels.contains(0) else {
      throw Problem(
        .badData, "\(broken) of \(scan.voxels.count) voxels are NaN or infinite", at: name,
        advice: "repair the scan, or write 0 where there is no brain")
    }
    return scan.map { $0.isFinite ? $0 : 0 }
  }

  private func nothingToScore(outside: Int, name: String) -> Problem {
    if outside > 0 {
      return Problem(
        .badData, "no slice lies at an axial level the bundle knows (z \(levelRange) mm)", at: name,
        advice: "use a bundle for whole brains, or register the scan to the template first")
    }
    return Problem(
      .badData, "no slice holds \(recipe.minimumBrainArea) mm² of brain", at: name,
      advice: "check that the file holds a skull-stripped scan, or give a brain mask")
  }

  private func levelNotes(outside: Int, scored: Int) -> [String] {
    guard outside > 0 else { return [] }
    return [
      "Slices scored: \(scored). Slices with brain outside the levels this bundle knows "
        + "(z \(levelRange) mm), not scored, map 0: \(outside)."
    ]
  }

  private var levelRange: String { recipe.levels.map { $0.formatted(fraction: 0) }.joined(separator: " to ") }

  /// Slices in the model's brightness scale, 0 outside the brain, and the brain as 0 and 1;
  /// the first is nil if all of the brain has one brightness.
  private func normalized(_ image: Volume, brain: Mask, slices: [Int]) -> (pixels: [Float]?, inside: [Float])
  {
    let area = image.shape[0] * image.shape[1]
    var inside = [Float](repeating: 0, count: slices.count * area)
    var pixels = inside
    var values = [Float]()
    for (row, slice) in slices.enumerated() {
      for pixel in 0..<area where brain.voxels[slice * area + pixel] != 0 {
        let value = image.voxels[slice * area + pixel]
        pixels[row * area + pixel] = value
        inside[row * area + pixel] = 1
        values.append(value)
      }
    }
    let scale: Float, centre: Float, shift: Float, upper: Float
    switch recipe.normalization {
    case .equalized:
      let ranks = Ranks(of: values)
      guard ranks.isVaried else { return (nil, inside) }
      for index in pixels.indices where inside[index] != 0 { pixels[index] = ranks[pixels[index]] }
      return (pixels, inside)
    case .robustZ:
      let statistics = RobustStatistics.medianAndDeviation(of: values)
      (centre, scale, shift, upper) = (statistics.median, 10 * statistics.deviation, 0.5, 1.5)
    case .percentile:
      (centre, scale, shift, upper) = (0, RobustStatistics.quantile(0.98, of: &values), 0, 1)
    }
    guard scale > 0 else { return (nil, inside) }
    for index in pixels.indices where inside[index] != 0 {
      pixels[index] = min(max(shift + (pixels[index] - centre) / scale, 0), upper)
    }
    return (pixels, inside)
  }
}

extension Volume {
  /// 1 where the voxel is not zero; throws a ``Problem`` when none is.
  fileprivate func nonZeroMask(name: String) throws -> Mask {
    let mask = map { $0 == 0 ? UInt8(0) : 1 }
    guard mask.voxels.contains(1) else {
      throw Problem(.badData, "all voxels are zero", at: name, advice: "check the export of this scan")
    }
    return mask
  }
}

extension Mask {
  /// The same mask, empty in all axial slices but these.
  fileprivate func keeping(slices: [Int]) -> Mask {
    let area = shape[0] * shape[1]
    var result = [UInt8](repeating: 0, count: voxels.count)
    for slice in slices {
      result.replaceSubrange(
        slice * area..<(slice + 1) * area, with: voxels[slice * area..<(slice + 1) * area])
    }
    return Mask(geometry: geometry, voxels: result)
  }
}

extension Double {
  /// Fixed-point text with this many decimals, the same in every locale.
  package func formatted(fraction digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
