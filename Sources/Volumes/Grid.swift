/// Values on a voxel grid, x fastest as in NIfTI, with the header of their file.
public struct Grid<Element: Sendable>: Sendable {
  /// The shape and the affine.
  public let geometry: Geometry
  /// One value per voxel, x fastest.
  public var voxels: [Element] {
    @inlinable _read { yield storage }
    // With an observer, other modules would copy all voxels in order to change one.
    @inlinable _modify {
      let count = storage.count
      defer { precondition(storage.count == count, "\(storage.count) values for a grid of \(count)") }
      yield &storage
    }
  }
  @usableFromInline var storage: [Element]
  /// The header of the source file, which outputs repeat; nil for computed grids.
  public var header: NIfTIHeaderInfo?

  /// Creates a grid from one value per voxel of the geometry.
  public init(geometry: Geometry, voxels: [Element], header: NIfTIHeaderInfo? = nil) {
    precondition(
      voxels.count == geometry.voxelCount, "\(voxels.count) values for a grid of \(geometry.shape)")
    self.geometry = geometry
    storage = voxels
    self.header = header
  }

  /// Creates a grid with the same value everywhere.
  public init(geometry: Geometry, repeating value: Element, header: NIfTIHeaderInfo? = nil) {
    self.init(
      geometry: geometry, voxels: Array(repeating: value, count: geometry.voxelCount), header: header)
  }

  /// The number of voxels along x, y and z.
  public var shape: [Int] { geometry.shape }

  /// The value of voxel (i, j, k).
  public subscript(i: Int, j: Int, k: Int) -> Element {
    get { voxels[index(i, j, k)] }
    set { voxels[index(i, j, k)] = newValue }
  }

  /// The same voxels on a grid in another space, without the header of their file; `affine` maps world mm to those of
  /// that space.
  package func moved(by affine: Affine) -> Grid {
    Grid(geometry: geometry.moved(by: affine), voxels: voxels)
  }

  /// The indices (i, j, k) of the voxel at an index of ``voxels``.
  package func voxel(at index: Int) -> SIMD3<Int> {
    let width = geometry.shape[0], height = geometry.shape[1]
    return SIMD3(index % width, index / width % height, index / (width * height))
  }

  /// The voxels of axial slice k.
  package func slice(_ k: Int) -> ArraySlice<Element> {
    let area = shape[0] * shape[1]
    return voxels[k * area..<(k + 1) * area]
  }

  /// A grid of the same geometry and header whose values are `transform` of these.
  @inlinable
  public func map<Result>(_ transform: (Element) throws -> Result) rethrows -> Grid<Result> {
    Grid<Result>(geometry: geometry, voxels: try voxels.map(transform), header: header)
  }

  private func index(_ i: Int, _ j: Int, _ k: Int) -> Int {
    let shape = geometry.shape
    precondition(
      (0..<shape[0]).contains(i) && (0..<shape[1]).contains(j) && (0..<shape[2]).contains(k),
      "voxel (\(i), \(j), \(k)) is outside \(shape)")
    return i + shape[0] * (j + shape[1] * k)
  }
}

extension Grid: Equatable where Element: Equatable {}

/// An image: one Float per voxel.
public typealias Volume = Grid<Float>

/// A binary mask: 0 or 1 per voxel.
public typealias Mask = Grid<UInt8>

/// Numbered regions: 0 is background.
public typealias Labels = Grid<Int32>

extension Grid<Float> {
  /// The number of voxels that are NaN or infinite.
  public var nonFiniteCount: Int { voxels.reduce(0) { $1.isFinite ? $0 : $0 + 1 } }
}

extension Grid<UInt8> {
  /// The number of voxels that are not 0.
  public var count: Int { voxels.reduce(0) { $1 == 0 ? $0 : $0 + 1 } }
}
