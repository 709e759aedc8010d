import Foundation
import Volumes

@testable import Base
@testable import Cohort
@testable import Norma

/// Small stacks of axial slices in template space, different in every person, brighter on the left.
enum TestScan {
  static let shape = [26, 32, 4]
  static let spacing = SIMD3(6.0, 6, 5)

  static var geometry: Geometry {
    Geometry(
      shape: shape,
      affine: Affine(
        i: SIMD3(spacing.x, 0, 0), j: SIMD3(0, spacing.y, 0), k: SIMD3(0, 0, spacing.z),
        origin: SIMD3(-75, -110, 10)))
  }

  /// A recipe as coarse as the scans.
  static var recipe: Recipe {
    var recipe = Recipe()
    recipe.gridSize = 32
    recipe.gridSpacing = 6
    return recipe
  }

  /// A ball of bright tissue, where, in template mm.
  struct Blob: Sendable {
    var centre = SIMD3(-36.0, -30, 20)
    var radius = 15.0
  }

  struct Scan {
    let image: Volume
    let brain, lesion: Mask
  }

  static func make(_ person: UInt64, blob: Blob? = nil, geometry: Geometry = geometry) -> Scan {
    var generator = SeededGenerator(seed: person)
    let tilt = Double.random(in: -0.2...0.2, using: &generator)
    var image = Volume(geometry: geometry, repeating: 0)
    var brain = Mask(geometry: geometry, repeating: 0)
    var lesion = brain
    let (width, height) = (geometry.shape[0], geometry.shape[1])
    for index in image.voxels.indices {
      let voxel = SIMD3(index % width, index / width % height, index / (width * height))
      let place = geometry.world(ofVoxel: SIMD3<Double>(voxel))
      let noise = Double.random(in: -4...4, using: &generator)
      let (x, y) = (place.x / 72, (place.y + 16) / 90)
      guard x * x + y * y < 1 else { continue }
      var value = 100 - 20 * x + 15 * tilt * y + noise
      // Dark ventricles.
      if abs(abs(x) - 0.2) < 0.12 && abs(y) < 0.3 { value -= 50 }
      if let blob {
        let offset = place - blob.centre
        if (offset * offset).sum() <= blob.radius * blob.radius {
          value += 80
          lesion.voxels[index] = 1
        }
      }
      image.voxels[index] = Float(value)
      brain.voxels[index] = 1
    }
    return Scan(image: image, brain: brain, lesion: lesion)
  }
}

/// People on disk with their manifest.
struct TestCohort {
  let folder: URL
  var manifest: Manifest

  /// Writes lesion-free training and validation people and test people with a blob.
  init(in folder: URL, train: Int = 3, validation: Int = 2, test: Int = 0) throws {
    self.folder = folder
    var cases = [ScanCase]()
    for index in 0..<train + validation + test {
      let split: Split = index < train ? .train : index < train + validation ? .validation : .test
      let id = "sub-\(index + 1)"
      let scan = TestScan.make(UInt64(index), blob: split == .test ? TestScan.Blob() : nil)
      let image = folder.appendingPathComponent("\(id)_FLAIR.nii.gz")
      try NIfTI.write(scan.image, to: image)
      var row = ScanCase(participantID: id, image: image, split: split)
      if split == .test {
        let mask = folder.appendingPathComponent("\(id)_mask.nii.gz")
        try NIfTI.write(scan.lesion, to: mask)
        row.lesionMask = mask
      }
      cases.append(row)
    }
    manifest = Manifest(cases: cases, source: folder.appendingPathComponent("manifest.tsv"))
    try write()
  }

  /// Two lesion-free people and one with a blob to train on, as many to validate.
  static func labelled(in folder: URL) throws -> TestCohort {
    var cohort = try TestCohort(in: folder, train: 2, validation: 2, test: 2)
    (cohort.manifest.cases[4].split, cohort.manifest.cases[5].split) = (.train, .validation)
    try cohort.write()
    return cohort
  }

  /// Writes the manifest as it is now.
  func write() throws {
    var table = Table(columns: ["participant_id", "image", "lesion_mask", "split"])
    table.rows = manifest.cases.map {
      [
        $0.participantID, $0.image.lastPathComponent, $0.lesionMask?.lastPathComponent ?? "n/a",
        $0.split?.rawValue ?? "n/a",
      ]
    }
    try AtomicFile.write(table.text, to: manifest.source)
  }
}

extension Configuration {
  /// A configuration of a method, small enough for tests.
  static func tiny(_ preset: String, epochs: Int = 2, settings: [String] = []) throws -> Configuration {
    var small = [
      "recipe.gridSize=32", "recipe.gridSpacing=6", "scoring.median=3", "scoring.erosion=0",
      "training.batchSize=4", "training.epochs=\(epochs)",
    ]
    let model = try Configuration(preset: preset).model
    if let network = model["network"] {
      small.append("model.network.channels=[4, 8]")
      if network["code"] != nil {
        small += [
          "model.network.denseSize=6", "model.network.denseChannels=2", "model.network.spatialChannels=3",
        ]
      }
    }
    if model["critic"] != nil { small += ["model.critic.channels=[4, 8]", "model.critic.steps=2"] }
    for steps in ["searchSteps", "steps"] where model[steps] != nil { small.append("model.\(steps)=3") }
    return try Configuration(preset: preset, settings: small + settings)
  }
}
