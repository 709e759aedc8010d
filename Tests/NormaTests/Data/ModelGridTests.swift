import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
import Cohort
@testable import Norma

@Suite struct ModelGridTests {
  static let orientations: [Orientation] = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ]
  .flatMap { permutation in
    (0..<8).map { bits in
      Orientation(permutation: permutation, isFlipped: (0..<3).map { bits >> $0 & 1 == 1 })
    }
  }

  let modelGrid = ModelGrid(recipe: TestScan.recipe)

  @Test func everyOrientationGivesTheSameSlicesAndComesBack() throws {
    let scan = TestScan.make(1).image
    let reference = try modelGrid.place(scan, name: "scan")
    #expect(reference.slices == [0, 1, 2, 3] && reference.z == [10, 15, 20, 25])
    #expect(reference.notes.isEmpty)
    for orientation in Self.orientations {
      let turned = orientation.apply(scan)
      let prepared = try modelGrid.place(turned, name: "scan")
      #expect(prepared.slices == reference.slices)
      #expect(distance(prepared.images, reference.images) < 1e-5, "\(turned.geometry.axisCodes)")
      #expect(prepared.brain == reference.brain)
      let back = prepared.native(scan)
      #expect(back.geometry == turned.geometry)
      #expect(back.voxels == turned.voxels, "\(turned.geometry.axisCodes)")
    }
  }

  @Test func leftStaysLeftAndFrontStaysFront() throws {
    var scan = TestScan.make(2).image
    let (left, front) = (try scan.geometry.affine.inverse().apply(SIMD3(-45, 0, 20)), 25)
    scan[Int(left.x.rounded()), 10, 2] = 1000
    scan[12, front, 2] = 1000
    let prepared = try modelGrid.place(scan, name: "scan")
    let slice = Array(prepared.images[2 * 1024..<3 * 1024])
    let bright = slice.indices.filter { slice[$0] > 1 }.map { ($0 % 32, $0 / 32) }
    // Columns run left to right, rows posterior to anterior.
    #expect(bright.contains { $0.0 < 12 && $0.1 < 16 })
    #expect(bright.contains { $0.0 > 12 && $0.1 > 20 })
  }

  @Test func brightnessIsRobustZ() throws {
    let scan = TestScan.make(3)
    let inside = zip(scan.image.voxels, scan.brain.voxels).filter { $0.1 == 1 }.map(\.0).sorted()
    let middle = Double(inside[inside.count / 2])
    let deviations = inside.map { abs(Double($0) - middle) }.sorted()
    let scale = 14.826 * deviations[deviations.count / 2]
    // A recipe whose grid is the scan's own.
    var recipe = TestScan.recipe
    recipe.gridCentre = [18, -17]
    let prepared = try ModelGrid(recipe: recipe).place(scan.image, name: "scan")
    let voxel = (14, 20, 1)
    let expected = 0.5 + (Double(scan.image[voxel.0, voxel.1, voxel.2]) - middle) / scale
    #expect(abs(Double(prepared.images[(1 * 32 + voxel.1) * 32 + voxel.0]) - expected) < 5e-3)
    #expect(prepared.images.allSatisfy { (0...1.5).contains($0) })
    for (image, brain) in zip(prepared.images, prepared.brain) where brain == 0 { #expect(abs(image) < 0.8) }
  }

  @Test func equalizedBrightnessIsTheShareOfVoxelsThatAreNotBrighter() throws {
    let scan = TestScan.make(3)
    let inside = zip(scan.image.voxels, scan.brain.voxels).filter { $0.1 == 1 }.map(\.0)
    // A recipe whose grid is the scan's own.
    var recipe = TestScan.recipe
    (recipe.gridCentre, recipe.normalization) = ([18, -17], .equalized)
    let prepared = try ModelGrid(recipe: recipe).place(scan.image, name: "scan")
    for voxel in [(14, 20, 1), (9, 14, 0), (16, 12, 3)] {
      let value = scan.image[voxel.0, voxel.1, voxel.2]
      let share = Double(inside.count { $0 <= value }) / Double(inside.count)
      #expect(abs(Double(prepared.images[(voxel.2 * 32 + voxel.1) * 32 + voxel.0]) - share) < 5e-3)
    }
    #expect(prepared.images.allSatisfy { (0...1).contains($0) })
    // Nor does any change of contrast that keeps the order of the brightnesses matter.
    let squared = try ModelGrid(recipe: recipe).place(scan.image.map { $0 * $0 }, name: "scan")
    #expect(distance(squared.images, prepared.images) < 1e-6)
  }

  @Test(arguments: IntensityNormalization.allCases)
  func aBrainOfOneBrightnessIsRefused(normalization: IntensityNormalization) throws {
    var recipe = TestScan.recipe
    recipe.normalization = normalization
    let flat = TestScan.make(3).image.map { $0 == 0 ? 0 : Float(50) }
    // A percentile only needs some brightness.
    if normalization == .percentile {
      #expect(try ModelGrid(recipe: recipe).place(flat, name: "scan").images.max() == 1)
    } else {
      let problem = try problem { try ModelGrid(recipe: recipe).place(flat, name: "scan") }
      #expect(problem.kind == .badData && problem.what.contains("same intensity"))
    }
  }

  @Test func brightnessInPercentilesEndsAtOne() throws {
    var recipe = TestScan.recipe
    recipe.normalization = .percentile
    let scan = TestScan.make(3).image
    let prepared = try ModelGrid(recipe: recipe).place(scan, name: "scan")
    #expect(abs((prepared.images.max() ?? 0) - 1) < 1e-5 && prepared.images.min() == 0)
    // A gain changes nothing.
    let brighter = try ModelGrid(recipe: recipe).place(scan.map { $0 * 7 }, name: "scan")
    #expect(distance(brighter.images, prepared.images) < 1e-5)
  }

  enum Damage: CaseIterable {
    case allZero, allNaN, nanInBrain, infinite, constant, tooLittleBrain

    func applied(to scan: Volume) -> Volume {
      switch self {
      case .allZero: scan.map { _ in 0 }
      case .allNaN: scan.map { _ in .nan }
      case .nanInBrain: scan.with(.nan, at: 13, 16, 1)
      case .infinite: scan.with(-.infinity, at: 13, 16, 1)
      case .constant: scan.map { $0 == 0 ? 0 : 42 }
      case .tooLittleBrain: scan.map { _ in 0 }.with(5, at: 13, 16, 1)
      }
    }

    var message: String {
      switch self {
      case .allZero: "all voxels are zero"
      case .allNaN: "3328 of 3328 voxels are NaN or infinite"
      case .nanInBrain, .infinite: "1 of 3328 voxels are NaN or infinite"
      case .constant: "same intensity"
      case .tooLittleBrain: "no slice holds 500.0 mm²"
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func aScanThatCannotBeScoredIsRefused(damage: Damage) throws {
    let problem = try problem {
      try modelGrid.place(damage.applied(to: TestScan.make(4).image), name: "the scan")
    }
    #expect(problem.kind == .badData && problem.location == "the scan")
    #expect(problem.what.contains(damage.message), "\(problem)")
  }

  @Test func notANumberMayBeTheBackground() throws {
    let scan = TestScan.make(4).image
    let prepared = try modelGrid.place(scan.map { $0 == 0 ? .nan : $0 }, name: "scan")
    #expect(prepared.images == (try modelGrid.place(scan, name: "scan")).images)
  }

  @Test func aMaskOfAnotherShapeIsRefused() throws {
    let mask = Mask(geometry: Geometry(shape: [26, 32, 3], affine: .identity), repeating: 1)
    let problem = try problem { try modelGrid.place(TestScan.make(4).image, brainMask: mask, name: "scan") }
    #expect(problem.what.contains("[26, 32, 3] and [26, 32, 4]"))
  }

  @Test(arguments: [Row("sagittal", 0), Row("coronal", 1)])
  func aSliceThatIsNotAxialIsRefused(row: Row<Int>) throws {
    var shape = [26, 32, 20]
    shape[row.body] = 1
    let slice = Volume(geometry: Geometry(shape: shape, affine: .identity), repeating: 1)
    for orientation in Self.orientations {
      let problem = try problem { try modelGrid.place(orientation.apply(slice), name: "scan") }
      #expect(problem.what == "the image is a single \(row.name) slice" && problem.location == "scan")
    }
  }

  @Test func aBrainMaskStoredAlongOtherAxesIsTheSame() throws {
    let scan = TestScan.make(4),
      expected = try modelGrid.place(scan.image, brainMask: scan.brain, name: "scan")
    for orientation in Self.orientations {
      let placed = try modelGrid.place(scan.image, brainMask: orientation.apply(scan.brain), name: "scan")
      #expect(placed.scoredBrain == expected.scoredBrain && placed.images == expected.images)
    }
  }

  @Test func aBrainMaskDecidesWhatIsBrain() throws {
    let scan = TestScan.make(4)
    var mask = scan.brain
    for index in mask.voxels.indices where index % 26 >= 13 { mask.voxels[index] = 0 }
    let half = try modelGrid.place(scan.image, brainMask: mask, name: "scan")
    let whole = try modelGrid.place(scan.image, name: "scan")
    #expect(half.brain.reduce(0, +) < 0.6 * whole.brain.reduce(0, +))
    #expect(half.scoredBrain.voxels == mask.voxels)
  }

  @Test func slicesOutsideTheKnownLevelsAreNotScored() throws {
    var recipe = TestScan.recipe
    recipe.zRange = [14, 21]
    let scan = TestScan.make(5).image
    let prepared = try ModelGrid(recipe: recipe).place(scan, name: "scan")
    #expect(prepared.slices == [1, 2] && prepared.z == [15, 20])
    #expect(prepared.notes.count == 1 && prepared.notes[0].hasSuffix("NaN in the map: 2."))
    #expect(prepared.scoredBrain[13, 16, 0] == 0 && prepared.scoredBrain[13, 16, 1] == 1)
    let marked = prepared.markingUnscored(Volume(geometry: scan.geometry, repeating: 0))
    #expect(marked[13, 16, 0].isNaN && marked[13, 16, 3].isNaN, "brain that was not scored")
    #expect(marked[13, 16, 1] == 0 && marked[0, 0, 0] == 0, "brain that was scored, and air")
    let unscored = marked.voxels.count { $0.isNaN }
    #expect(
      abs(prepared.scoredFraction - (1 - Double(unscored) / Double(scan.voxels.count { $0 != 0 }))) < 1e-9)

    recipe.zRange = [50, 60]
    let problem = try problem { try ModelGrid(recipe: recipe).place(scan, name: "scan") }
    #expect(problem.what.contains("z 50 to 60 mm"))
  }

  @Test func aScanOutsideTemplateSpaceIsMovedAndSaysSo() throws {
    let scan = TestScan.make(6).image
    var affine = scan.geometry.affine
    affine.origin += SIMD3(40, -35, 100)
    let moved = Volume(geometry: Geometry(shape: scan.shape, affine: affine), voxels: scan.voxels)
    let prepared = try modelGrid.place(moved, name: "scan")
    #expect(prepared.notes.contains { $0.contains("is not in template space") })
    // The brain's middle is moved to that of the template: x 0, y -16.
    let places = prepared.brain.indices.filter { prepared.brain[$0] == 1 }
    let column = places.reduce(0.0) { $0 + Double($1 % 32) } / Double(places.count)
    let row = places.reduce(0.0) { $0 + Double($1 / 32 % 32) } / Double(places.count)
    #expect(abs((column - 15.5) * 6) < 3 && abs((row - 15.5) * 6 - 2) < 3)
  }

  @Test func aSliceWithoutPositionIsCentred() throws {
    try withTemporaryFolder { folder in
      // Column 0 is the patient's right, row 0 the front.
      let (width, height) = (120, 140)
      var gray = [UInt8](repeating: 0, count: width * height)
      for y in 20..<120 { for x in 20..<100 { gray[y * width + x] = UInt8(100 + (x + y) % 7) } }
      for y in 40..<60 { for x in 70..<90 { gray[y * width + x] = 250 } }
      let file = folder.appendingPathComponent("slice.png")
      try PNGImage(width: width, height: height, gray: gray).write(to: file)
      let prepared = try modelGrid.place(ScanCase(scan: file))
      #expect(prepared.z == [nil] && prepared.notes.count == 1)
      let brain = prepared.brain
      #expect(brain.reduce(0, +) * 36 > 0.8 * 8000 && brain.reduce(0, +) * 36 < 1.2 * 8000)
      for y in 0..<32 {
        for x in 0..<32 { #expect(brain[y * 32 + x] == brain[(31 - y) * 32 + 31 - x]) }
      }
      // The bright square: on the patient's left, so in the low columns, and in front.
      let bright = prepared.images.indices.filter { prepared.images[$0] > 1.2 }
      #expect(!bright.isEmpty && bright.allSatisfy { $0 % 32 < 16 && $0 / 32 > 15 })
    }
  }
}

extension Volume {
  /// The same volume with one other voxel.
  fileprivate func with(_ value: Float, at i: Int, _ j: Int, _ k: Int) -> Volume {
    var result = self
    result[i, j, k] = value
    return result
  }
}
