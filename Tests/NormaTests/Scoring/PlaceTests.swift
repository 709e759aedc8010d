import _TestSupport
import Foundation
import StrictSettings
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Methods
@testable import Norma
@testable import Preprocessing

@Suite struct PlaceTests {
  /// Tissues, regions and what SciPy measured of them (Scripts/goldens/places.py).
  private struct Phantom {
    let tissues: Grid<UInt8>
    let labels: Labels
    let ventricle, cortex: [Double]
    let places: [Place]

    init() throws {
      let goldens = try Goldens.tensors("places.safetensors")
      let shape = try goldens.golden("tissues").shape, spacing = try goldens.golden("spacing").values()
      func step(_ axis: Int) -> SIMD3<Double> {
        var step = SIMD3<Double>.zero
        step[axis] = Double(spacing[axis])
        return step
      }
      let geometry = Geometry(
        shape: shape.reversed(),
        affine: Affine(i: step(0), j: step(1), k: step(2), origin: [-28, -32, -38]))
      tissues = Grid(geometry: geometry, voxels: try goldens.bytes("tissues"))
      labels = Labels(geometry: geometry, voxels: try goldens.bytes("labels").map(Int32.init))
      (ventricle, cortex) = (
        try goldens.golden("ventricle").values().map(Double.init),
        try goldens.golden("cortex").values().map(Double.init)
      )
      places = try goldens.bytes("places").map { Place.allCases[Int($0)] }
    }

    /// The regions of the labels, of which only ids and boxes matter.
    var lesions: [Lesion] {
      (1...places.count).map { id in
        let voxels = labels.voxels.indices.filter { labels.voxels[$0] == id }.map { labels.voxel(at: $0) }
        return Lesion(
          id: id, volumeMM3: 1, maximumScore: 1, meanScore: 1, centroid: .zero,
          firstVoxel: voxels.reduce(voxels[0], pointwiseMin),
          lastVoxel: voxels.reduce(voxels[0], pointwiseMax))
      }
    }

    func locations(_ settings: PlaceSettings = PlaceSettings(), toTemplate: Affine? = nil) throws
      -> [RegionLocation]
    {
      try RegionLocator(tissues: tissues, toTemplate: toTemplate, settings: settings)
        .locations(of: lesions, in: labels)
    }
  }

  @Test func placesAndDistancesAreThoseOfSciPy() throws {
    let phantom = try Phantom(), found = try phantom.locations()
    #expect(Set(phantom.places) == Set(Place.allCases))
    #expect(found.map(\.place) == phantom.places)
    for (region, location) in found.enumerated() {
      #expect(abs((location.ventricleDistance ?? -1) - phantom.ventricle[region]) < 1e-4)
      #expect(abs((location.cortexDistance ?? -1) - phantom.cortex[region]) < 1e-4)
    }
  }

  /// A region that touches both is periventricular; wider contact moves regions there from the other two.
  @Test func contactDecidesBetweenVentricleCortexAndDeepWhiteMatter() throws {
    let phantom = try Phantom()
    var wide = PlaceSettings(), none = PlaceSettings()
    wide.ventricleContact = 20
    (none.ventricleContact, none.cortexContact) = (0, 0)
    for (place, location) in zip(phantom.places, try phantom.locations(wide)) {
      let near = (location.ventricleDistance ?? .infinity) <= 20
      let moves = [.periventricular, .juxtacortical, .deepWhiteMatter].contains(place) && near
      #expect(location.place == (moves ? .periventricular : place))
    }
    let apart = try phantom.locations(none)
    #expect(apart.contains { $0.place == .juxtacortical && $0.cortexDistance == 0 })
    #expect(!apart.contains { $0.place == .juxtacortical && $0.cortexDistance != 0 })
  }

  @Test func lobesAreThoseOfTheHemispheresOnly() throws {
    let phantom = try Phantom()
    for location in try phantom.locations(toTemplate: .identity) {
      let place = try #require(location.place)
      #expect(!(place.isInfratentorial || place == .deepGreyMatter) || location.lobe == nil)
      #expect(location.side == .midline)
    }
    #expect(try phantom.locations().allSatisfy { $0.side == nil && $0.lobe == nil && $0.centre == nil })
    let unknown = try RegionLocator(tissues: nil, toTemplate: .identity, settings: PlaceSettings())
      .locations(of: phantom.lesions, in: phantom.labels)
    #expect(unknown.allSatisfy { $0.place == nil && $0.lobe == nil && $0.side == .midline })
  }

  /// Landmarks in MNI152 mm, on both sides.
  private static let landmarks: [(SIMD3<Double>, Lobe)] = [
    ([30, 50, 10], .frontal), ([40, -8, 52], .frontal), ([45, -25, 50], .parietal),
    ([30, -60, 45], .parietal), ([55, -20, -15], .temporal), ([38, 8, -35], .temporal),
    ([20, -92, 5], .occipital), ([38, 5, 0], .insula), ([24, 20, 28], .frontal),
  ]

  @Test(arguments: landmarks)
  func landmarksAreInTheirLobe(place: SIMD3<Double>, lobe: Lobe) throws {
    let atlas = try LobeAtlas.shipped.get()
    for side in [1.0, -1] { #expect(atlas.lobe(at: place * SIMD3(side, 1, 1)) == lobe) }
    #expect(atlas.lobe(at: [0, 0, 200]) == nil)
  }

  @Test func theLoadOfAScanSumsItsRegions() throws {
    func lesion(_ volume: Double, _ place: Place?) -> Lesion {
      var lesion = Lesion(
        id: 1, volumeMM3: volume, maximumScore: 1, meanScore: 1, centroid: .zero, firstVoxel: .zero,
        lastVoxel: .zero)
      lesion.location = RegionLocation(place: place)
      return lesion
    }
    func result(_ lesions: [Lesion], share: Double?) -> CaseResult {
      CaseResult(
        lesions: lesions, notes: [], preprocessing: PreprocessingRecord(), intensity: nil,
        scoredVolumeML: 1000,
        whiteMatterShare: share)
    }
    let lesions = [lesion(900, .periventricular), lesion(100, .periventricular), lesion(50, .brainStem)]
    let load = try #require(RegionalLoad(result(lesions, share: 0.012)))
    #expect(
      load.counts == [
        .periventricular: 2, .juxtacortical: 0, .deepWhiteMatter: 0, .deepGreyMatter: 0, .brainStem: 1,
        .cerebellum: 0,
      ])
    #expect(load.volumesML[.periventricular] == 1 && load.largestML == 0.9)
    let cells = RegionalLoad.columns.cells(of: load), names = RegionalLoad.columns.map(\.name)
    #expect(
      names.prefix(4) == [
        "periventricular_count", "periventricular_ml", "juxtacortical_count", "juxtacortical_ml",
      ])
    let row = Dictionary(uniqueKeysWithValues: zip(names, cells))
    #expect(row["white_matter_share"] == "0.01200" && row["brainstem_ml"] == "0.0500")
    #expect(RegionalLoad(row: row) == load)
    #expect(RegionalLoad(result(lesions, share: nil)) == nil)
    #expect(RegionalLoad.columns.cells(of: nil).allSatisfy { $0 == "n/a" })
  }

  @Test(arguments: ["ventricleContact", "cortexContact"])
  func contactIsADistanceInMillimetres(key: String) throws {
    #expect(throws: ConfigurationError.self) {
      try ScoringSettings(
        strict: .map(["places": .map([key: .int(-1)])]), over: ScoringSettings(), path: "scoring")
    }
  }
}
