import Base
package import Cohort
package import Foundation
import Volumes

/// Where the prepared files of one case lie, and how they come and stay there.
struct PreprocessedFiles {
  /// 1 in the brain.
  let mask: URL
  /// The scan, 0 outside the brain.
  let scan: URL
  /// From the scan to the template; absent where the scan was not registered.
  let transform: URL

  init(_ scanCase: ScanCase, in output: URL) {
    let files = CaseFiles(of: scanCase)
    mask = output.appendingPathComponent(files.brain)
    scan = output.appendingPathComponent(files.preprocessed)
    transform = output.appendingPathComponent(files.transform)
  }

  /// The sidecar of finished files, if they were made of the same scan in the same way.
  func completed(like expected: PreprocessingSidecar) -> PreprocessingSidecar? {
    guard let data = try? Data(contentsOf: Self.sidecar(of: mask)),
      let found = try? JSONDecoder().decode(PreprocessingSidecar.self, from: data),
      found.inputs == expected.inputs, found.key == expected.key
    else { return nil }
    let files = found.isRegistered ? [mask, scan, transform] : [mask, scan]
    return files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) } ? found : nil
  }

  /// Writes scan, mask, transform and what stands beside them.
  func write(_ prepared: PreprocessedScan, sidecar: PreprocessingSidecar) throws {
    // The mask goes first and comes last: where it lies, it belongs to its sidecar and the case is complete.
    for file in [mask, transform] { try? FileManager.default.removeItem(at: file) }
    try AtomicFile.makeFolder(mask.deletingLastPathComponent())
    let volume = prepared.volume
    let brain = prepared.brain ?? volume.map { $0 == 0 ? 0 : 1 }
    let inside = zip(volume.voxels, brain.voxels).map { $1 == 0 ? 0 : $0 }
    try NIfTI.write(Volume(geometry: volume.geometry, voxels: inside, header: volume.header), to: scan)
    if let toTemplate = prepared.toTemplate { try ITKTransformFile.write(toTemplate, to: transform) }
    var sidecar = sidecar
    sidecar.isRegistered = prepared.toTemplate != nil
    sidecar.record = prepared.record
    sidecar.description = "The scan on its own grid, 0 outside the brain"
    try AtomicFile.write(json: sidecar, to: Self.sidecar(of: scan))
    (sidecar.description, sidecar.isSkullStripped) = ("Brain on the scan's own grid", nil)
    try AtomicFile.write(json: sidecar, to: Self.sidecar(of: mask))
    try NIfTI.write(
      Mask(geometry: volume.geometry, voxels: brain.voxels, header: volume.header), to: mask)
  }

  private static func sidecar(of image: URL) -> URL {
    image.deletingLastPathComponent().appendingPathComponent("\(Manifest.stem(image)).json")
  }
}

extension Preprocessor {
  /// The same, read from `folder` where it was made before, else made and kept there.
  package func preprocess(_ scan: ScanCase, keptIn folder: URL?) throws -> PreprocessedScan {
    guard let folder else { return try self.preprocess(scan) }
    let files = PreprocessedFiles(scan, in: folder)
    let sidecar = try PreprocessingSidecar(scan, key: key)
    if let there = files.completed(like: sidecar) {
      let brain = try NIfTI.readMask(files.mask)
      let toTemplate = there.isRegistered ? try ITKTransformFile.read(files.transform) : nil
      return PreprocessedScan(
        volume: try NIfTI.read(files.scan), brain: brain, toTemplate: toTemplate, z: scan.z,
        record: there.record,
        picture: try toTemplate.map {
          try picture(of: VolumeReader.read(scan.image), brain: brain, toTemplate: $0)
        })
    }
    let prepared = try self.preprocess(scan)
    try files.write(prepared, sidecar: sidecar)
    return prepared
  }
}

/// What stands beside a prepared image.
struct PreprocessingSidecar: Codable {
  var description = ""
  let sources: [String]
  /// SHA-256 of the scan and of what came with it.
  let inputs: [String: String]
  var isSkullStripped: Bool? = true
  var isRegistered = false
  let key: PreprocessingKey
  var record = PreprocessingRecord()
  var normaVersion = NormaVersion.current

  init(_ scan: ScanCase, key: PreprocessingKey) throws {
    sources = [scan.image.lastPathComponent]
    let files = [
      "Scan": scan.image, "BrainMask": scan.brainMask, "TemplateTransform": scan.templateTransform,
    ]
    inputs = try files.compactMapValues { try $0.map { try Digest.of(file: $0) } }
    self.key = key
  }

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case sources = "Sources"
    case inputs = "InputSHA256"
    case isSkullStripped = "SkullStripped"
    case isRegistered = "Registered"
    case key = "Preprocessing"
    case record = "Record"
    case normaVersion = "NormaVersion"
  }
}
