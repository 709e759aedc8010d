import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Norma

/// Scans with a transform to the template: the model sees the template's slices.
@Suite struct RegisteredScanTests {
  /// A turn about x by `pitch` and about z by `yaw` (radians), a scale and a shift in mm.
  static func transform(pitch: Double, yaw: Double = 0, scale: Double = 1, shift: SIMD3<Double> = .zero)
    -> Affine
  {
    let (sp, cp, sy, cy) = (sin(pitch), cos(pitch), sin(yaw), cos(yaw))
    return Affine(
      x: SIMD4(scale * cy, -scale * sy * cp, scale * sy * sp, shift.x),
      y: SIMD4(scale * sy, scale * cy * cp, -scale * cy * sp, shift.y),
      z: SIMD4(0, scale * sp, scale * cp, shift.z))
  }

  static var recipe: Recipe {
    var recipe = TestScan.recipe
    (recipe.gridSpacing, recipe.sliceSpacing, recipe.gridSize) = (3, 3, 64)
    return recipe
  }

  /// A smooth ball of brain in template space with a bright spot on the left, seen through `toTemplate`.
  static func scan(_ toTemplate: Affine, shape: [Int] = [40, 44, 30], spacing: Double = 4) throws -> Volume {
    let centre = try toTemplate.inverse().apply(SIMD3(0, -18, 0))
    let half = SIMD3<Double>(SIMD3(shape) &- 1) / 2 * spacing
    let geometry = Geometry(
      shape: shape,
      affine: Affine(
        i: SIMD3(spacing, 0, 0), j: SIMD3(0, spacing, 0), k: SIMD3(0, 0, spacing), origin: centre - half))
    var volume = Volume(geometry: geometry, repeating: 0)
    for index in volume.voxels.indices {
      let voxel = SIMD3(index % shape[0], index / shape[0] % shape[1], index / (shape[0] * shape[1]))
      let place = toTemplate.apply(geometry.world(ofVoxel: SIMD3<Double>(voxel)))
      let fromCentre = place - SIMD3(0, -18, 0)
      guard (fromCentre * fromCentre).sum() < 48 * 48 else { continue }
      let fromSpot = place - SIMD3(-24, -6, 12)
      volume.voxels[index] = Float(
        100 + 0.2 * fromCentre.y + 100 * exp(-(fromSpot * fromSpot).sum() / 128))
    }
    return volume
  }

  static let transforms: [Row<Affine>] = [
    Row("identity", .identity), Row("shifted", transform(pitch: 0, shift: SIMD3(7, -12, 31))),
    Row("pitched", transform(pitch: 0.3)), Row("turned", transform(pitch: -0.2, yaw: 0.25)),
    Row("larger", transform(pitch: 0.1, scale: 1.15, shift: SIMD3(3, 0, -4))),
  ]

  @Test(arguments: transforms)
  func everyPoseGivesTheSameSlices(transform: Row<Affine>) throws {
    let reference = try ModelGrid(recipe: Self.recipe).place(
      Self.scan(.identity), toTemplate: .identity, name: "scan")
    let prepared = try ModelGrid(recipe: Self.recipe).place(
      Self.scan(transform.body), toTemplate: transform.body, name: "scan")
    let common = prepared.z.compactMap { level in
      reference.z.firstIndex(of: level).map { (level, $0) }
    }
    #expect(common.count >= 25)
    for (level, row) in common where abs(level ?? 100) < 30 {
      let other = try #require(prepared.z.firstIndex(of: level))
      let area = 64 * 64
      let (a, b) = (
        reference.images[row * area..<(row + 1) * area], prepared.images[other * area..<(other + 1) * area]
      )
      let inside = zip(
        reference.brain[row * area..<(row + 1) * area], prepared.brain[other * area..<(other + 1) * area]
      )
      .map { $0 * $1 }
      let difference = zip(zip(a, b), inside).map { abs($0.0 - $0.1) * $1 }.reduce(0, +) / inside.reduce(0, +)
      #expect(difference < 0.04, "level \(level ?? .nan): \(difference)")
    }
  }

  @Test func theSpotLiesWhereTheTemplateHasIt() throws {
    let transform = Self.transform(pitch: 0.3, yaw: 0.2, shift: SIMD3(9, 5, 20))
    let prepared = try ModelGrid(recipe: Self.recipe).place(
      Self.scan(transform), toTemplate: transform, name: "scan")
    let brightest = try #require(prepared.images.indices.max { prepared.images[$0] < prepared.images[$1] })
    let (x, y, slice) = (brightest % 64, brightest / 64 % 64, brightest / 4096)
    let place = SIMD3(
      (Double(x) - 31.5) * 3, (Double(y) - 31.5) * 3 - 18, try #require(prepared.z[slice]))
    let off = place - SIMD3(-24, -6, 12)
    #expect(max(off.max(), -off.min()) <= 4.5, "\(place)")
  }

  /// A ball drawn on the scanner's grid, to the model grid and back.
  @Test(arguments: [(1.5, 0.98), (3, 0.95)])
  func aMaskKeepsItsPlaceOnTheWayToTheTemplateAndBack(thickness: Double, least: Double) throws {
    var recipe = Self.recipe
    (recipe.gridSpacing, recipe.gridSize, recipe.sliceSpacing) = (1.5, 96, 2)
    let transform = Self.transform(pitch: 0.25, yaw: -0.1, scale: 1.1, shift: SIMD3(4, 9, -15))
    let scan = try Self.scan(transform, shape: [80, 88, Int(120 / thickness)], spacing: 1.5)
    let geometry = scan.geometry
    let thick = Geometry(
      shape: scan.shape,
      affine: Affine(
        i: geometry.affine.i, j: geometry.affine.j, k: geometry.affine.k * (thickness / 1.5),
        origin: geometry.affine.origin))
    let placed = Geometry(shape: thick.shape, affine: transform.composed(with: thick.affine))
    let placement = TemplatePlacement(
      scan: placed, recipe: recipe, z: Array(stride(from: -75.0, through: 75, by: 2)))
    var drawn = Mask(geometry: placed, repeating: 0)
    for index in drawn.voxels.indices {
      let voxel = SIMD3(
        index % placed.shape[0], index / placed.shape[0] % placed.shape[1],
        index / (placed.shape[0] * placed.shape[1]))
      let offset = placed.world(ofVoxel: SIMD3<Double>(voxel)) - SIMD3(-20, -10, 10)
      if (offset * offset).sum() < 22 * 22 { drawn.voxels[index] = 1 }
    }
    let there = try placement.toGrid(drawn.voxels.map(Float.init))
    let count = placement.grid.shape[2]
    let back = try placement.toScan(Tensor(there, shape: [count, 96, 96])).map { $0 > 0.5 }
    let both = zip(back, drawn.voxels).count { $0 && $1 != 0 }
    let dice = 2 * Double(both) / Double(back.count { $0 } + drawn.count)
    #expect(dice >= least, "\(dice)")
  }

  @Test func everyOrientationComesBackWithItsShapeAndAffine() throws {
    let transform = Self.transform(pitch: 0.3, yaw: 0.2, shift: SIMD3(9, 5, 20))
    let scan = try Self.scan(transform, shape: [20, 22, 15], spacing: 8)
    let modelGrid = ModelGrid(recipe: Self.recipe)
    let reference = try modelGrid.place(scan, toTemplate: transform, name: "scan")
    let maps = try Tensor(reference.images, shape: [reference.slices.count, 64, 64])
    let map = reference.native(try reference.canonicalVolume(of: maps, inside: reference.scoredBrain))
    for orientation in ModelGridTests.orientations {
      let turned = orientation.apply(scan)
      let prepared = try modelGrid.place(turned, toTemplate: transform, name: "scan")
      #expect(distance(prepared.images, reference.images) < 1e-4, "\(turned.geometry.axisCodes)")
      let back = prepared.native(try prepared.canonicalVolume(of: maps, inside: prepared.scoredBrain))
      #expect(back.geometry == turned.geometry)
      #expect(distance(back.voxels, orientation.apply(map).voxels) < 1e-4, "\(turned.geometry.axisCodes)")
    }
  }

  @Test func levelsThatTheBundleDoesNotKnowAreLeftOutAndSaid() throws {
    var recipe = Self.recipe
    recipe.zRange = [0, 20]
    let prepared = try ModelGrid(recipe: recipe).place(
      Self.scan(.identity), toTemplate: .identity, name: "scan")
    #expect(prepared.z == [0, 3, 6, 9, 12, 15, 18])
    #expect(prepared.notes.count == 1 && prepared.notes[0].contains("not scored"))
    let bounds = prepared.scoredBrain.worldBounds
    #expect(bounds.first.z >= -1.5 && bounds.last.z <= 19.5)
    recipe.zRange = [80, 90]
    let problem = try problem {
      try ModelGrid(recipe: recipe).place(Self.scan(.identity), toTemplate: .identity, name: "scan")
    }
    #expect(problem.what.contains("no slice is in the axial range of the bundle"))
  }

  @Test func slicesWithALesionAreTold() throws {
    let transform = Self.transform(pitch: 0.3)
    let scan = try Self.scan(transform)
    let prepared = try ModelGrid(recipe: Self.recipe).place(scan, toTemplate: transform, name: "scan")
    var lesion = Mask(geometry: scan.geometry, repeating: 0)
    #expect(!prepared.placement.slices(showing: lesion).contains(true))
    let place = try scan.geometry.affine.inverse().apply(transform.inverse().apply(SIMD3(5, -20, 12)))
    lesion[Int(place.x.rounded()), Int(place.y.rounded()), Int(place.z.rounded())] = 1
    let shown = zip(prepared.z, prepared.placement.slices(showing: lesion)).filter(\.1).compactMap(\.0)
    // A voxel of 4 mm, pitched by 0.3, reaches 2.5 mm up and down, and a slice 1.5 mm.
    #expect(shown.contains(12) && shown.allSatisfy { abs($0 - 12) < 6.5 } && shown.count <= 4, "\(shown)")
  }
}
