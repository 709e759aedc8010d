import Foundation
import Norma
import Tensors
import Volumes

/// What reads bytes that nobody vouches for. A target may refuse them with an error, and nothing else.
enum Target: String, CaseIterable {
  case niftiHeader = "nifti-header"
  case nifti, png
  case safetensorsHeader = "safetensors-header"
  case safetensors, manifest, configuration, bundle, transform, evaluation

  /// Where the bytes are put: a file of the name that the reader wants, in a folder of its own.
  var file: String {
    switch self {
    case .niftiHeader, .nifti: "scan.nii.gz"
    case .png: "slice.png"
    case .safetensorsHeader, .safetensors: "weights.safetensors"
    case .manifest: "manifest.tsv"
    case .configuration: "config.yaml"
    case .bundle: "bundle.json"
    case .transform: "scan_xfm.txt"
    case .evaluation: "segmentation.json"
    }
  }

  /// Reads the file as the command does.
  func read(_ url: URL) throws {
    switch self {
    case .niftiHeader: _ = try NIfTI.readHeader(url)
    case .nifti:
      _ = try NIfTI.read(url)
      _ = try NIfTI.readMask(url)
      _ = try NIfTI.readLabels(url)
    case .png: _ = try PNGImage.read(url)
    case .safetensorsHeader: _ = try Safetensors.readHeader(url)
    case .safetensors: _ = try Safetensors.read(url)
    case .manifest: _ = try Manifest(contentsOf: url)
    case .configuration: _ = try Configuration(preset: "dense-vae", file: url)
    case .bundle: _ = try ModelBundle(contentsOf: url.deletingLastPathComponent())
    case .transform: _ = try ITKTransformFile.read(url)
    case .evaluation:
      let manifest = Manifest(cases: [], source: url)
      _ = try EvaluationRun(predictions: url.deletingLastPathComponent(), manifest: manifest)(samples: 1)
    }
  }
}
