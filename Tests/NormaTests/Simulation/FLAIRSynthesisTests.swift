import _TestSupport
import Base
import Foundation
import StrictSettings
import Testing
import Volumes

@testable import Norma

@Suite struct FLAIRSynthesisTests {
  static let anatomy = Anatomy.phantom

  /// Thin slices, which are fast to make.
  static var thin: SynthesisSettings {
    var settings = SynthesisSettings()
    settings.acquisition.thickness = [1, 1]
    return settings
  }

  /// No variation but that of the shape, and the contrast grey 2, white 1, fluid 0.1.
  static var plain: SynthesisSettings {
    var settings = thin
    settings.shape.ventricles = [0, 0]
    settings.contrast.grey = [2, 2]
    settings.contrast.fluid = [0.1, 0.1]
    settings.contrast.greyVariation = [0, 0]
    settings.contrast.whiteVariation = [0, 0]
    settings.contrast.texture = [0, 0]
    (settings.contrast.rims, settings.contrast.plexus) = (0, 0)
    (settings.contrast.edges, settings.contrast.flow) = (0, 0)
    settings.contrast.symmetricVariation = [0, 0]
    settings.remnants.probability = 0
    settings.acquisition.blur = 0
    settings.acquisition.shading = [0, 0]
    settings.acquisition.noise = [0.001, 0.001]
    settings.acquisition.gain = [1, 1]
    settings.acquisition.offset = 0
    return settings
  }

  static func synthesis(
    _ settings: SynthesisSettings = thin, lesions: Bool = true, adjacentDistance: Double = 3
  ) throws -> FLAIRSynthesis {
    try FLAIRSynthesis(
      anatomies: [anatomy], settings: settings, paintsLesions: lesions, adjacentDistance: adjacentDistance)
  }

  @Test func theSameSeedGivesTheSameBytesOnAnyNumberOfThreads() throws {
    let synthesis = try Self.synthesis(SynthesisSettings())
    let alone = (0..<3).map { synthesis.slice(seed: UInt64($0)) }
    #expect(concurrentMap(3) { synthesis.slice(seed: UInt64($0)) } == alone)
    #expect(alone[0].image != alone[1].image)
  }

  @Test func lesionsChangeNothingButTheirPixels() throws {
    let (with, without) = try (Self.synthesis(), Self.synthesis(lesions: false))
    var kinds = Set<LesionKind?>(), labelled = 0
    for seed in UInt64(0)..<16 {
      let (sick, healthy) = (with.slice(seed: seed), without.slice(seed: seed))
      kinds.insert(sick.lesions)
      #expect(healthy.lesions == .none && healthy.lesion.allSatisfy { $0 == 0 })
      #expect(sick.brain == healthy.brain && sick.tissues == healthy.tissues && sick.z == healthy.z)
      if sick.lesions == .none { #expect(sick == healthy) }
      for i in sick.lesion.indices where sick.lesion[i] != 0 {
        labelled += 1
        #expect(sick.brain[i] == 1)
        #expect(sick.image[i] > healthy.image[i] || healthy.image[i] == 1.5)
      }
      if sick.lesions == .focal {
        let changed = sick.image.indices.count { sick.image[$0] != healthy.image[$0] }
        #expect(changed < sick.brain.count { $0 > 0 } / 2)
      }
    }
    #expect(labelled > 100 && kinds.count >= 3)
  }

  @Test func aWholeBrainHasRobustZScores() throws {
    var settings = Self.plain
    settings.contrast.grey = [1.1, 1.1]
    settings.acquisition.noise = [0.05, 0.05]
    settings.acquisition.smoothNoise = 0
    let synthesis = try Self.synthesis(settings, lesions: false, adjacentDistance: 0)
    var scores = [Float]()
    for z in stride(from: -45.0, through: 65, by: 6) {
      let slice = synthesis.slice(seed: 3, anatomy: 0, z: z)
      scores += slice.image.indices.compactMap { slice.brain[$0] > 0 ? (slice.image[$0] - 0.5) * 10 : nil }
    }
    let statistics = RobustStatistics.medianAndDeviation(of: scores)
    #expect(abs(statistics.median) < 0.1)
    #expect(abs(statistics.deviation - 1) < 0.1)
  }

  /// Slices whose masks end at a distance in mm from the brain's edge, outwards positive, and the same ones with
  /// exact masks.
  private static func extracted(_ depth: Double) throws -> [(SyntheticSlice, exact: SyntheticSlice)] {
    var settings = thin
    settings.remnants.probability = 1
    (settings.remnants.depth, settings.remnants.depthVariation) = ([depth, depth], [0, 0])
    settings.lesions.none = 0
    let wrong = try synthesis(settings)
    settings.remnants.probability = 0
    let exact = try synthesis(settings)
    return (UInt64(0)..<4).map { seed in
      (wrong.slice(seed: seed, anatomy: 0, z: 15), exact.slice(seed: seed, anatomy: 0, z: 15))
    }
  }

  @Test func remnantsAreOutsideTheBrainAndNeverLesions() throws {
    for (slice, brain) in try Self.extracted(3) {
      var (remnants, labelled) = (0, 0)
      for i in slice.brain.indices {
        #expect(slice.brain[i] >= brain.brain[i])
        guard slice.brain[i] > brain.brain[i] else { continue }
        remnants += 1
        if slice.tissues[i] & Tissue.outside.bit != 0 { labelled += 1 }
        #expect(slice.lesion[i] == 0)
      }
      // At the brain's edge the nearest voxel may be brain.
      #expect(10 * labelled > 9 * remnants, "\(labelled) of \(remnants)")
      // Two pixels around a head whose circumference is about 300 pixels.
      #expect((200..<1200).contains(remnants), "\(remnants)")
    }
  }

  @Test func aMaskMayLackBrain() throws {
    for (slice, brain) in try Self.extracted(-3) {
      let lost = slice.brain.indices.count { slice.brain[$0] < brain.brain[$0] }
      #expect((200..<1200).contains(lost), "\(lost)")
      for i in slice.brain.indices where slice.brain[i] == 0 {
        #expect(slice.image[i] == 0 && slice.lesion[i] == 0 && slice.tissues[i] == 0)
      }
    }
  }

  @Test func theSymmetricVariationIsTheSameOnBothSides() throws {
    var settings = Self.plain
    (settings.shape.rotation, settings.shape.shift, settings.shape.elastic) = (0, 0, [0, 0])
    (settings.shape.scale, settings.shape.mirror) = ([1, 1], 0)
    let flat = try Self.synthesis(settings, lesions: false).slice(seed: 1, anatomy: 0, z: 15)
    settings.contrast.symmetricVariation = [0.2, 0.2]
    let varied = try Self.synthesis(settings, lesions: false).slice(seed: 1, anatomy: 0, z: 15)
    let side = SyntheticSlice.side, change = zip(varied.image, flat.image).map { $0 - $1 }
    var (compared, largest) = (0, Float(0))
    for i in change.indices {
      let mirrored = i - i % side + side - 1 - i % side
      guard
        [flat.image[i], varied.image[i], varied.image[mirrored]].allSatisfy({ (0.05...1.45).contains($0) }),
        abs(flat.image[i] - flat.image[mirrored]) < 1e-2
      else { continue }
      compared += 1
      #expect(abs(change[i] - change[mirrored]) < 0.005)
      largest = max(largest, abs(change[i]))
    }
    #expect(compared > 1000 && largest > 0.02, "\(compared), \(largest)")
  }

  @Test func imageAndTissueMoveTogether() throws {
    var settings = Self.plain
    settings.contrast.fluid = [0.3, 0.3]
    let synthesis = try Self.synthesis(settings, lesions: false)
    var right = 0, left = 0
    for seed in UInt64(0)..<6 {
      let slice = synthesis.slice(seed: seed, anatomy: 0, z: 15)
      var means = [Tissue: (sum: Float, count: Float)]()
      for i in slice.tissues.indices {
        #expect((slice.tissues[i] != 0) == (slice.brain[i] > 0))
        #expect(slice.brain[i] > 0 || slice.image[i] == 0)
        guard let tissue = Tissue.allCases.first(where: { $0.bit == slice.tissues[i] }) else { continue }
        means[tissue, default: (0, 0)].sum += slice.image[i]
        means[tissue, default: (0, 0)].count += 1
        if tissue == .ventricle { if i % SyntheticSlice.side < 64 { left += 1 } else { right += 1 } }
      }
      func mean(_ tissue: Tissue) throws -> Float {
        let found = try #require(means[tissue])
        return found.sum / found.count
      }
      #expect(try mean(.ventricle) < mean(.whiteMatter) - 0.04)
      #expect(try mean(.whiteMatter) < mean(.corticalGrey) - 0.04)
    }
    // Some are mirrored.
    #expect(left > 300 && right > 300)
  }

  @Test func theAdjacentSlicesAreBelowAndAbove() throws {
    let synthesis = try Self.synthesis(Self.plain, lesions: false)
    let area = SyntheticSlice.side * SyntheticSlice.side
    let low = synthesis.slice(seed: 1, anatomy: 0, z: 30), high = synthesis.slice(seed: 1, anatomy: 0, z: 33)
    #expect(low.z == 30 && high.z == 33 && low.image != high.image)
    func farthest(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }
    // The noise differs.
    #expect(farthest(Array(low.adjacent[area...]), high.image) < 0.01)
    #expect(farthest(Array(high.adjacent[..<area]), low.image) < 0.01)
    #expect(Array(low.adjacentBrain[area...]) == high.brain)
    #expect(try Self.synthesis(Self.plain, adjacentDistance: 0).slice(seed: 1).adjacent.isEmpty)
  }

  /// A brain of 17 slices of any thickness.
  private func synthesisOfABrain(lesions: Bool) throws -> FLAIRSynthesis {
    var settings = SynthesisSettings(), recipe = Recipe()
    (settings.lesions.none, recipe.sliceSpacing, recipe.zRange) = (0, 1.5, [0, 24])
    return try FLAIRSynthesis(
      anatomies: [Self.anatomy], settings: settings, recipe: recipe, paintsLesions: lesions,
      adjacentDistance: 3)
  }

  private func farthest(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test func aBrainHasTheSlicesOfItsSeed() throws {
    let synthesis = try synthesisOfABrain(lesions: false)
    let brain = synthesis.brain(seed: 5, anatomy: 0)
    #expect(brain.slices.map(\.z) == (0..<17).map { Double($0) * 1.5 })
    let isTheSame = brain == synthesis.brain(seed: 5, anatomy: 0)
    #expect(isTheSame && brain.geometry.spacing.z == 1.5 && brain.geometry.affine.origin.z == 0)
    #expect(farthest(brain.slices[8].image, synthesis.brain(seed: 6, anatomy: 0).slices[8].image) > 0.1)
    let area = SyntheticSlice.side * SyntheticSlice.side
    for k in [2, 9, 14] {
      let whole = brain.slices[k], alone = synthesis.slice(seed: 5, anatomy: 0, z: whole.z)
      #expect(farthest(alone.image, whole.image) == 0 && farthest(alone.brain, whole.brain) == 0)
      let hasTheSameTissues = alone.tissues == whole.tissues
      #expect(hasTheSameTissues)
      #expect(farthest(alone.adjacent[..<area], brain.slices[k - 2].image) == 0)
      #expect(farthest(alone.adjacent[area...], brain.slices[k + 2].image) == 0)
    }
    #expect(Set(brain.slices.map(\.image)).count == 17)
  }

  @Test func theLesionsOfABrainAgreeAcrossSlices() throws {
    let synthesis = try synthesisOfABrain(lesions: true), area = SyntheticSlice.side * SyntheticSlice.side
    var kinds = Set<LesionKind?>(), continued = 0, labelled = 0
    for seed in UInt64(0)..<4 {
      let sick = synthesis.brain(seed: seed, anatomy: 0)
      let healthy = synthesis.lesionFree.brain(seed: seed, anatomy: 0)
      #expect(Set(sick.slices.map(\.lesions)).count == 1 && healthy.lesion.count == 0)
      kinds.insert(sick.slices[0].lesions)
      let head = synthesis.head(seed: seed, anatomy: 0)
      let slice = head.slice(at: synthesis.positions(ofAnatomy: 0)[8], adjacentDistance: 2)
      #expect(farthest(slice.image, sick.slices[8].image) == 0)
      #expect(farthest(slice.lesion, sick.slices[8].lesion) == 0)
      #expect(farthest(slice.adjacent, sick.slices[6].image + sick.slices[10].image) == 0, "\(seed)")
      let (with, without) = (sick.image.voxels, healthy.image.voxels), lesion = sick.lesion.voxels
      let isTheSameBrain = sick.brain == healthy.brain
      #expect(isTheSameBrain)
      for i in lesion.indices where lesion[i] != 0 {
        labelled += 1
        #expect(with[i] > without[i] || without[i] == 1.5)
        let neighbours = [i - area, i + area].filter(lesion.indices.contains)
        if neighbours.contains(where: { lesion[$0] != 0 }) { continued += 1 }
      }
    }
    #expect(kinds.count > 1 && labelled > 500)
    #expect(Double(continued) > 0.8 * Double(labelled), "\(continued) of \(labelled)")
  }

  @Test func aBrainHasTheSliceSpacingOfTheRecipe() throws {
    var recipe = Recipe()
    (recipe.sliceSpacing, recipe.zRange) = (2, [-12, 14])
    let synthesis = try FLAIRSynthesis(
      anatomies: [Self.anatomy], settings: Self.plain, recipe: recipe, paintsLesions: false,
      adjacentDistance: 0)
    let brain = synthesis.brain(seed: 1, anatomy: 0)
    #expect(zip(brain.slices, 0...).allSatisfy { abs($0.z - (-12 + 2 * Double($1))) < 1e-5 })
    #expect(brain.slices.count == 13 && brain.geometry.spacing.z == 2)
    // 3 mm are two slices of the anatomy.
    #expect(farthest(brain.slices[3].image, synthesis.slice(seed: 1, anatomy: 0, z: -6).image) == 0)
    #expect(farthest(brain.slices[1].image, brain.slices[2].image) > 0)
  }

  @Test func theSharesOfLesionsAreThoseOfTheSettings() throws {
    func kinds(_ change: (inout SynthesisSettings.Lesions) -> Void) throws -> Set<LesionKind?> {
      var settings = Self.thin
      change(&settings.lesions)
      let synthesis = try Self.synthesis(settings, adjacentDistance: 0)
      return Set((0..<4).map { synthesis.slice(seed: $0).lesions })
    }
    #expect(try kinds { ($0.none, $0.large, $0.confluent) = (1, 0, 0) } == [.none])
    #expect(try kinds { ($0.none, $0.large, $0.confluent) = (0, 1, 0) } == [.large])
    #expect(try kinds { ($0.none, $0.large, $0.confluent) = (0, 0, 1) } == [.confluent])
    #expect(try kinds { ($0.none, $0.large, $0.confluent) = (0, 0, 0) } == [.focal])
  }

  @Test func aSmallLesionIsSmallAndAFaintOneIsNotLabelled() throws {
    var settings = Self.plain
    settings.contrast.grey = [1.2, 1.2]
    (settings.lesions.none, settings.lesions.large, settings.lesions.confluent) = (0, 0, 0)
    (settings.lesions.count, settings.lesions.radius) = ([1, 1], [2, 2])
    settings.lesions.smallestMaximum = 2
    settings.lesions.intensity = [1.8, 1.8]
    func areas() throws -> [Float] {
      let synthesis = try Self.synthesis(settings, adjacentDistance: 0)
      return (0..<12).map { synthesis.slice(seed: $0).lesion.reduce(0, +) }
    }
    let small = try areas()
    #expect(small.contains { $0 > 0 } && small.allSatisfy { $0 < 40 })
    settings.lesions.intensity = [0.85, 0.85]
    #expect(try areas().allSatisfy { $0 == 0 })
  }

  @Test func anotherGridOrScaleIsRefused() throws {
    func make(_ change: (inout Recipe) -> Void) throws {
      var recipe = Recipe()
      change(&recipe)
      _ = try FLAIRSynthesis(
        anatomies: [Self.anatomy], settings: Self.thin, recipe: recipe, paintsLesions: false,
        adjacentDistance: 0)
    }
    #expect(throws: ConfigurationError.self) { try make { $0.gridSize = 64 } }
    #expect(throws: ConfigurationError.self) { try make { $0.gridSpacing = 3 } }
    #expect(throws: ConfigurationError.self) { try make { $0.gridSize = 256 } }
    #expect(throws: ConfigurationError.self) { try make { $0.normalization = .percentile } }
    #expect(throws: Problem.self) { try make { $0.zRange = [90, 95] } }
  }

  @Test func slicesOfAFinerGridAreTheSameSlicesEnlarged() throws {
    func made(by factor: Int) throws -> FLAIRSynthesis {
      var recipe = Recipe()
      (recipe.gridSize, recipe.gridSpacing) = (128 * factor, 1.5 / Double(factor))
      return try FLAIRSynthesis(
        anatomies: [Self.anatomy], settings: Self.thin, recipe: recipe, paintsLesions: true,
        adjacentDistance: 3)
    }
    for factor in [2, 3] {
      let (coarse, fine) = try (made(by: 1).slice(seed: 5), made(by: factor).slice(seed: 5)),
        size = 128 * factor
      #expect(fine.gridSize == size && fine.z == coarse.z && fine.image.count == size * size)
      #expect(fine.adjacent.count == 2 * size * size && fine.adjacentBrain.count == 2 * size * size)
      for i in 0..<size * size {
        let own = i / size / factor * 128 + i % size / factor
        #expect(fine.brain[i] == coarse.brain[own] && fine.tissues[i] == coarse.tissues[own])
        #expect(fine.lesion[i] == coarse.lesion[own])
        if coarse.brain[own] == 0 { #expect(fine.image[i] == 0) }
      }
    }
  }

  @Test func enlargingInterpolatesInsideTheBrainAlone() throws {
    let grid = Geometry(shape: [128, 128, 1], affine: Anatomy.grid.affine)
    let values = (0..<grid.voxelCount).map { i in
      let place = grid.world(ofVoxel: [Double(i % 128), Double(i / 128), 0])
      return Float(place.x + 3 * place.y)
    }
    // The right half is outside the brain, so its values must not count.
    let inside = (0..<grid.voxelCount).map { $0 % 128 < 64 }
    let slice = SyntheticSlice(
      gridSize: 128, image: zip(values, inside).map { $1 ? $0 : 1e6 }, adjacent: [],
      brain: inside.map { $0 ? 1 : 0 }, adjacentBrain: [], lesion: [Float](repeating: 0, count: values.count),
      tissues: [UInt8](repeating: 0, count: values.count), lesions: nil, z: grid.affine.origin.z, anatomy: "")
    let fine = slice.enlarged(by: 2)
    let brain = SyntheticBrain(slices: [fine], sliceSpacing: 3), image = brain.image
    for y in 1..<255 {
      for x in 1..<127 {
        let place = brain.geometry.world(ofVoxel: [Double(x), Double(y), 0])
        #expect(abs(image.voxels[y * 256 + x] - Float(place.x + 3 * place.y)) < 1e-2)
      }
      // At the edge of the brain the last pixel is repeated.
      #expect(image.voxels[y * 256 + 127] - image.voxels[y * 256 + 126] < 0.5)
      #expect(image.voxels[y * 256 + 128] == 0)
    }
  }

  @Test func onlySlicesInTheRangeOfTheRecipeAreMade() throws {
    var recipe = Recipe()
    recipe.zRange = [0, 6]
    let synthesis = try FLAIRSynthesis(
      anatomies: [Self.anatomy], settings: Self.thin, recipe: recipe, paintsLesions: false,
      adjacentDistance: 0)
    #expect(Set((0..<12).map { synthesis.slice(seed: $0).z }).isSubset(of: [0, 1.5, 3, 4.5, 6]))
  }

  @Test func aSheetShowsTheSlices() throws {
    let folder = try TemporaryFolder(), file = folder.url.appendingPathComponent("sheet.png")
    let synthesis = try Self.synthesis()
    try SampleSheet.write(samples: (0..<3).map { synthesis.slice(seed: $0) }, columns: 2, to: file)
    let size = try PNGImage.readSize(file)
    #expect(size.width == 4 * 128 && size.height == 2 * 128)
  }
}
