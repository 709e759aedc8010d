// A method of your own in one file, trained and used on simulated phantoms: swift run CustomMethod
//
// The method knows the mean training slice. A pixel is anomalous where it is brighter than that, compared
// with the intensity around it. To make a method part of Norma, put the class into a folder of its own below
// Sources/Methods and add a line to MethodRegistry.

import Foundation
import Norma
import Tensors
import Volumes

/// How much brighter a pixel is than in the mean training slice, after removing slow changes of intensity.
final class LocalContrast: Norma.Method {
  struct ModelSettings: Settings {
    /// Side of the neighbourhood in pixels, odd.
    var neighbourhood = 15

    func validate(path: String) throws {
      guard neighbourhood % 2 == 1, (3...63).contains(neighbourhood) else {
        throw ConfigurationError.outOfRange(
          path: "\(path).neighbourhood", value: "\(neighbourhood)", allowed: "an odd number from 3 to 63")
      }
    }
  }

  static let name = "local-contrast"
  static let summary = "brighter than the mean training slice, after removing slow changes of intensity"
  static let metadata = MethodMetadata(isStochastic: false)
  static let presets = [
    Preset(
      "local-contrast", summary: summary, role: .comparator,
      yaml: "{method: local-contrast, recipe: {gridSize: 32, gridSpacing: 6}, training: {epochs: 1}}")
  ]

  private let settings: ModelSettings
  private var sum, count: Tensor

  init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    sum = try .zeros([context.imageSize, context.imageSize], device: context.device)
    count = try .zeros([], device: context.device)
  }

  /// One pass over the training slices is enough, so `training.epochs` is 1.
  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    sum = try sum + contrast(batch).sum([0, 1])
    count = try count + Float(batch.count)
    return Losses(total: 0)
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    Losses(total: Double(try (contrast(batch) - sum / count).abs().mean().item()))
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    AnomalyScore(map: try (contrast(batch) - sum / count).relu() * batch.brain)
  }

  private func contrast(_ batch: Batch) throws -> Tensor {
    let side = settings.neighbourhood
    let around = try batch.images.avgPool2d(side, stride: 1, padding: side / 2)
    return try (batch.images - around) * batch.brain
  }

  var state: [String: Tensor] { ["sum": sum, "count": count] }

  func load(state: [String: Tensor]) throws {
    sum = try state.tensor("sum", like: sum)
    count = try state.tensor("count", like: count)
  }
}

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
  "norma-example-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: folder) }

let options = SimulationOptions(cases: 10, seed: 1, voxelSize: [6, 6, 8])
try Simulator(ofPhantoms: options).writeCohort(to: folder)

MethodRegistry.register(LocalContrast.self)
let manifest = try Manifest(contentsOf: folder.appendingPathComponent("manifest.tsv"))
let bundle = try TrainingRun(
  configuration: Configuration(preset: "local-contrast"), manifest: manifest,
  folder: RunFolder(folder.appendingPathComponent("run")), name: "example"
).run()

let patient = manifest.cases(in: .test)[0]
let result = try Segmenter(bundle: bundle).segment(
  VolumeReader.read(patient.image), threshold: bundle.description.calibration.threshold(atRate: 0.05),
  name: patient.id)
print("\(patient.id): \(result.lesions.count) regions, \(result.mask.count) voxels")
