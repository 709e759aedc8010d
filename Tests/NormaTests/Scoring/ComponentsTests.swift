import _TestSupport
import Tensors
import Testing
import Volumes

import Base
@testable import Norma

/// Against SciPy: Scripts/goldens/scoring.py.
@Suite struct ComponentsTests {
  @Test func everyLabelIsThatOfSciPy() throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let names = goldens.keys.filter { $0.hasPrefix("components/") && $0.hasSuffix("/in") }
      .map { $0.dropFirst("components/".count).dropLast("/in".count) }
    #expect(names.count == 12)
    for name in names {
      let shape = try goldens.golden("components/\(name)/in").shape
      let mask = Mask(
        geometry: Geometry(shape: shape.reversed(), affine: .identity),
        voxels: try goldens.bytes("components/\(name)/in"))
      let expected = try goldens.golden("components/\(name)/out").values().map { Int32($0) }
      let components = mask.components()
      #expect(components.labels.voxels == expected, "\(name)")
      #expect(components.count == Int(expected.max() ?? 0), "\(name)")
    }
  }

  /// A grid tilted about z, of 2 x 3 x 4 mm.
  private static let oblique = Geometry(
    shape: [8, 6, 5],
    affine: Affine(
      i: SIMD3(1.6, 1.2, 0), j: SIMD3(-1.8, 2.4, 0), k: SIMD3(0, 0, 4), origin: SIMD3(-10, 20, 30)))

  private func map() -> Volume {
    var map = Volume(geometry: Self.oblique, repeating: 0)
    // Two voxels, then four, then one, in the order of the file.
    for (voxel, score) in [
      ((0, 0, 0), 5), ((1, 0, 0), 7), ((4, 2, 2), 1), ((5, 2, 2), 2), ((5, 3, 2), 3), ((5, 3, 3), 6),
      ((0, 5, 4), 9),
    ] as [((Int, Int, Int), Float)] {
      map[voxel.0, voxel.1, voxel.2] = score
    }
    return map
  }

  @Test func theTableTellsWhereALesionLies() throws {
    let (labels, lesions) = Lesion.find(in: map(), by: RegionRule(extent: 0))
    #expect(lesions.map(\.id) == [1, 2, 3])
    #expect(zip(lesions.map(\.volumeMM3), [96, 48, 24]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(lesions.map(\.maximumScore) == [6, 7, 9])
    #expect(lesions.map(\.meanScore) == [3, 6, 9])
    #expect(lesions[0].firstVoxel == SIMD3(4, 2, 2) && lesions[0].lastVoxel == SIMD3(5, 3, 3))
    // The mean voxel (4.75, 2.5, 2.25) by hand: -10 + 1.6 · 4.75 - 1.8 · 2.5, and so on.
    let offset = lesions[0].centroid - SIMD3(-6.9, 31.7, 39)
    #expect((offset * offset).sum() < 1e-18)
    #expect(labels[4, 2, 2] == 1 && labels[5, 3, 3] == 1 && labels[0, 0, 0] == 2 && labels[0, 5, 4] == 3)
    #expect(labels.voxels.filter { $0 != 0 }.count == 7)
  }

  @Test(
    arguments: [(24.0, [96.0, 48, 24]), (24.5, [96, 48]), (48, [96, 48]), (50, [96]), (97, [])]
      as [(Double, [Double])])
  func smallLesionsAreDropped(minimum: Double, volumes: [Double]) {
    let rule = RegionRule(extent: 0, minimumVolume: minimum - 1e-9)
    let (labels, lesions) = Lesion.find(in: map(), by: rule)
    #expect(lesions.map { $0.volumeMM3.rounded() } == volumes)
    #expect(lesions.map(\.id) == Array(1...4).prefix(volumes.count).map { $0 })
    #expect(labels.voxels.filter { $0 != 0 }.count == Int(volumes.reduce(0, +) / 24 + 0.5))
    #expect(Int(labels.voxels.max() ?? 0) == volumes.count)
  }

  @Test func theTableOfNoLesionIsItsHeader() {
    let text = Lesion.columns().table(of: []).text
    #expect(
      text.hasPrefix("index\tname\tvolume_mm3\tmax_score\tmean_score\tcentroid_x_mm")
        && text.split(separator: "\n").count == 1)
    let found = Lesion.find(in: map(), by: RegionRule(extent: 0)).lesions
    let rows = Table.rows(of: Lesion.columns().table(of: found).text)
    #expect(rows?.map { $0["volume_mm3"] } == ["96.0000", "48.0000", "24.0000"])
    #expect(rows?[0]["centroid_y_mm"] == "31.70" && rows?[0]["last_k"] == "3" && rows?[0]["first_i"] == "4")
  }
}
