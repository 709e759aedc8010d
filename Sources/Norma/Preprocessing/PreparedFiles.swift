import Foundation
import Volumes

/// Where the prepared files of one case lie, and how they come and stay there.
struct PreparedFiles {
  /// 1 in the brain.
  let mask: URL
  /// The scan, 0 outside the brain.
  let scan: URL

  init(_ scanCase: ScanCase, in output: URL) {
    let files = CaseFiles(caseID: scanCase.id)
    mask = output.appendingPathComponent(files.brain)
    scan = output.appendingPathComponent(files.preprocessed)
  }

  /// The sidecar of finished files, if they were made of the same scan by the same recipe.
  func completed(like expected: PreparationSidecar) -> PreparationSidecar? {
    guard [mask, scan].allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }),
      let data = try? Data(contentsOf: Self.sidecar(of: mask)),
      let found = try? JSONDecoder().decode(PreparationSidecar.self, from: data),
      found.inputDigest == expected.inputDigest, found.recipe == expected.recipe
    else { return nil }
    return found
  }

  /// Writes scan, mask and what stands beside them.
  func write(mask brain: Mask, of volume: Volume, sidecar: PreparationSidecar) throws {
    // The mask goes first and comes last: where it lies, it belongs to its sidecar and the case is complete.
    try? FileManager.default.removeItem(at: mask)
    try AtomicFile.makeFolder(mask.deletingLastPathComponent())
    let inside = zip(volume.voxels, brain.voxels).map { $1 == 0 ? 0 : $0 }
    try NIfTI.write(Volume(geometry: volume.geometry, voxels: inside, header: volume.header), to: scan)
    var sidecar = sidecar
    sidecar.description = "The scan on its own grid and in its own brightness, 0 outside the brain"
    try AtomicFile.write(json: sidecar, to: Self.sidecar(of: scan))
    (sidecar.description, sidecar.isSkullStripped) = ("Brain on the scan's own grid", nil)
    try AtomicFile.write(json: sidecar, to: Self.sidecar(of: mask))
    try NIfTI.write(brain, to: mask)
  }

  private static func sidecar(of image: URL) -> URL {
    image.deletingLastPathComponent().appendingPathComponent("\(Manifest.stem(image)).json")
  }
}

/// What stands beside a prepared image.
struct PreparationSidecar: Codable {
  /// How the brain was found; another recipe makes the files anew.
  struct Recipe: Codable, Equatable {
    var method = "MindGrab (MeshNet, brainchop 0.1.21), largest component, holes filled"
    /// Raised when the same settings come to give another mask.
    var revision = 1
    let weightsDigest: String
    /// mm.
    let resolution: Double

    init(_ extraction: BrainExtraction) {
      weightsDigest = extraction.weightsDigest
      resolution = extraction.resolution.rawValue
    }

    private enum CodingKeys: String, CodingKey {
      case method = "Method"
      case revision = "Revision"
      case weightsDigest = "WeightsSHA256"
      case resolution = "ResolutionMM"
    }
  }

  var description = ""
  let sources: [String]
  let inputDigest: String
  var isSkullStripped: Bool? = true
  let recipe: Recipe
  var brainVolume = 0.0
  var notes = [String]()
  var normaVersion = NormaVersion.current

  init(source: URL, digest: String, recipe: Recipe) {
    (sources, inputDigest, self.recipe) = ([source.lastPathComponent], digest, recipe)
  }

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case sources = "Sources"
    case inputDigest = "InputSHA256"
    case isSkullStripped = "SkullStripped"
    case recipe = "BrainExtraction"
    case brainVolume = "BrainVolumeML"
    case notes = "Notes"
    case normaVersion = "NormaVersion"
  }
}
