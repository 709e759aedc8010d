import FlyingFox
import Foundation
@testable import Cohort
@testable import Norma
import NormaTracking
@testable import NormaViewer
@testable import Preprocessing
import Tensors
import Volumes

/// A reader of untrusted bytes. A target may only refuse them with an error.
enum Target: String, CaseIterable {
  case niftiHeader = "nifti-header"
  case nifti, png
  case safetensorsHeader = "safetensors-header"
  case safetensors, manifest, configuration, bundle, transform, evaluation, sidecar, results, review, metrics,
    request, curves

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
    case .sidecar: BIDSDescription.fileName
    case .results: "cases.tsv"
    case .review: "review.tsv"
    case .metrics: "metrics.csv"
    case .request: "request.http"
    case .curves: "epoch"
    }
  }

  /// Reads the file as the command does.
  func read(_ url: URL) throws {
    let folder = url.deletingLastPathComponent()
    switch self {
    case .niftiHeader: _ = try NIfTI.readHeader(url)
    case .nifti:
      _ = try NIfTI.read(url)
      _ = try NIfTI.readMask(url)
    case .png: _ = try PNGImage.read(url)
    case .safetensorsHeader: _ = try Safetensors.readHeader(url)
    case .safetensors: _ = try Safetensors.read(url)
    case .manifest: _ = try Manifest(contentsOf: url)
    case .configuration: _ = try Configuration(preset: "dense-vae", file: url)
    case .bundle: _ = try ModelBundle(contentsOf: folder)
    case .transform: _ = try ITKTransformFile.read(url)
    case .evaluation:
      let manifest = Manifest(cases: [], source: url)
      _ = try EvaluationRun(predictions: folder, manifest: manifest).evaluate(samples: 1)
    case .sidecar:
      _ = try? BIDSDescription(of: folder)
      _ = CohortKey(sidecar: url)
      _ = try? JSONDecoder().decode(PreprocessingSidecar.self, from: Data(contentsOf: url))
      let links = DerivativeDataset.links(of: folder)
      _ = links.keys.map { DerivativeDataset.file(ofURI: "bids:\($0):a/b", in: folder, links: links) }
      let filter = try BIDSFilter(contentsOf: url)
      _ = BIDSName("sub-1_run-01_FLAIR.nii.gz").map(filter.accepts)
    case .results:
      let results = try ResultFolder(contentsOf: folder)
      let review = try ReviewFolder(of: folder, rater: "a")
      _ = try JSONEncoder().encode(CohortAnswer(results, curve: [], review: review, rater: "a"))
    case .review: try RoundTrip.review(url)
    case .metrics: _ = try MetricsTable(contentsOf: url).column("validation_loss")
    case .request:
      let request = try HTTPRequest(head: Data(contentsOf: url))
      _ = try request.bodyLength(limit: 1)
      try Gatekeeper(port: 80).admit(request)
      preconditionFailure("let in without the token")
    case .curves: try RoundTrip.curves(url)
    }
  }
}
