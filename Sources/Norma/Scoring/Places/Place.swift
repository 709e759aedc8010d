/// The place of a region, after the lesion topographies of the McDonald criteria (Thompson et al. 2018), with deep
/// white and deep grey matter for what they do not count (Decisions/0026-places.md).
public enum Place: String, Codable, Hashable, Sendable, CaseIterable {
  /// In contact with a ventricle.
  case periventricular
  /// In contact with the cortex or in it, and not with a ventricle.
  case juxtacortical
  /// Elsewhere in the white matter of the hemispheres.
  case deepWhiteMatter = "deep white matter"
  /// In subcortical grey matter.
  case deepGreyMatter = "deep grey matter"
  /// Infratentorial, more in the brain stem than in the cerebellum.
  case brainStem = "brainstem"
  /// Infratentorial, not more in the brain stem.
  case cerebellum

  /// Whether it is below the tentorium.
  public var isInfratentorial: Bool { self == .brainStem || self == .cerebellum }
}

/// The side of the brain on which the centre of a region is.
public enum Side: String, Codable, Hashable, Sendable {
  case left, right
  /// At most 3 mm from the plane between the hemispheres.
  case midline

  /// The side of a template-space x in mm.
  package init(x: Double) { self = abs(x) <= 3 ? .midline : x < 0 ? .left : .right }
}

/// Where a region is; every part is nil where it is unknown.
public struct RegionLocation: Codable, Hashable, Sendable {
  /// The place; unknown without a tissue map.
  public var place: Place?
  /// The side; unknown without a registration.
  public var side: Side?
  /// The lobe of most voxels of a region of the hemispheres; unknown without a registration or a place.
  public var lobe: Lobe?
  /// The smallest distance in mm from a voxel of the region to one of a ventricle, from centre to centre.
  public var ventricleDistance: Double?
  /// The smallest distance in mm from a voxel of the region to one of the cortex, from centre to centre.
  public var cortexDistance: Double?
  /// The centre in template mm (RAS+); unknown without a registration.
  public var centre: SIMD3<Double>?
}
