public import StrictSettings

/// How near a region must be to a ventricle or to the cortex to be in contact with it.
///
/// The criteria ask for direct contact. On a grid of voxels that is a distance between centres, with room for the
/// voxels of mixed tissue between both.
public struct PlaceSettings: Settings {
  /// The largest distance in mm of a periventricular region from a ventricle; juxtaventricular lesions are within 3 mm
  /// (Kim et al. 2008).
  public var ventricleContact = 3.0
  /// The largest distance in mm of a juxtacortical region from the cortex.
  public var cortexContact = 1.5

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(
      (0...20).contains(ventricleContact), path, "ventricleContact", ventricleContact, "0 to 20 mm")
    try require((0...20).contains(cortexContact), path, "cortexContact", cortexContact, "0 to 20 mm")
  }
}
