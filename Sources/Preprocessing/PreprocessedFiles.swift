import Base
package import Cohort
package import Foundation
import Volumes

/// The files of one preprocessed scan.
struct PreprocessedFiles {
  /// 1 in the brain; written last, so that a scan that has it is complete.
  let mask: URL
  /// The scan, 0 outside the brain.
  let scan: URL
  /// The transform from the scan to the template; absent if the scan was not registered.
  let transform: URL
  private let maskSidecar: URL
  private let scanSidecar: URL
  /// The files of other kinds of image with the name of the case.
  private let others: [URL]

  init(_ scanCase: ScanCase, in output: URL) {
    let files = CaseFiles(of: scanCase)
    mask = output.appendingPathComponent(files.brain)
    maskSidecar = output.appendingPathComponent(files.brainSidecar)
    scan = output.appendingPathComponent(files.preprocessed)
    scanSidecar = output.appendingPathComponent(files.preprocessedSidecar)
    transform = output.appendingPathComponent(files.transform)
    others = ScanCase.suffixes.map { CaseFiles(caseID: scanCase.id, suffix: $0) }
      .flatMap { [$0.preprocessed, $0.preprocessedSidecar, $0.transform] }
      .map { output.appendingPathComponent($0) }
  }

  /// All files that a preprocessing of the case may have left.
  var all: [URL] { [mask, maskSidecar, scan, scanSidecar, transform] + others }

  /// Returns the sidecar of complete files, if they are made of the same inputs in the same way. Without files
  /// `expected`, for which the inputs are hashed, is not called.
  func completed(like expected: @autoclosure () throws -> PreprocessingSidecar) -> PreprocessingSidecar? {
    guard let found = PreprocessingSidecar(json: maskSidecar), let expected = try? expected(),
      found.inputs == expected.inputs, found.key == expected.key
    else { return nil }
    let files = found.isRegistered ? [mask, scan, transform] : [mask, scan]
    return files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) } ? found : nil
  }

  /// Writes the files and returns the sidecar with what was done.
  func write(_ preprocessed: PreprocessedScan, sidecar: PreprocessingSidecar) throws -> PreprocessingSidecar {
    let volume = preprocessed.volume
    let brain = preprocessed.brain ?? volume.map { $0 == 0 ? 0 : 1 }
    let inside = zip(volume.voxels, brain.voxels).map { $1 == 0 ? 0 : $0 }
    try AtomicFile.makeFolder(mask.deletingLastPathComponent())
    var sidecar = sidecar
    (sidecar.isRegistered, sidecar.record) = (preprocessed.toTemplate != nil, preprocessed.record)
    sidecar.description = "The scan on its own grid, 0 outside the brain"
    // First, so that the scan is known as Norma's even if this process ends now.
    try AtomicFile.write(json: sidecar, to: scanSidecar)
    try NIfTI.write(Volume(geometry: volume.geometry, voxels: inside, header: volume.header), to: scan)
    if let toTemplate = preprocessed.toTemplate { try ITKTransformFile.write(toTemplate, to: transform) }
    (sidecar.description, sidecar.isSkullStripped) = ("Brain on the scan's own grid", nil)
    try AtomicFile.write(json: sidecar, to: maskSidecar)
    try NIfTI.write(
      Mask(geometry: volume.geometry, voxels: brain.voxels, header: volume.header), to: mask)
    return sidecar
  }
}

extension Preprocessor {
  /// Preprocesses a scan, or reads it from `folder` where an earlier run kept it; nil keeps nothing.
  package func preprocess(_ scan: ScanCase, keptIn folder: URL?) throws -> PreprocessedScan {
    guard let folder else { return try preprocess(scan) }
    let files = PreprocessedFiles(scan, in: folder)
    let sidecar = try PreprocessingSidecar(scan, key: key)
    if let kept = files.completed(like: sidecar) {
      let brain = try NIfTI.readMask(files.mask)
      let toTemplate = kept.isRegistered ? try ITKTransformFile.read(files.transform) : nil
      return PreprocessedScan(
        volume: try NIfTI.read(files.scan), brain: brain, toTemplate: toTemplate, z: scan.z,
        record: kept.record,
        picture: try toTemplate.map {
          try picture(of: VolumeReader.read(scan.image), brain: brain, toTemplate: $0)
        })
    }
    for file in scan.excludingInputs(from: files.all) { try AtomicFile.remove(file) }
    let preprocessed = try preprocess(scan)
    _ = try files.write(preprocessed, sidecar: sidecar)
    return preprocessed
  }
}

/// The JSON file beside a preprocessed image.
struct PreprocessingSidecar: Codable {
  var description = ""
  let sources: [String]
  /// SHA-256 of the scan and of the files that belong to it, and the pairing of masks with wrong headers.
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
    var inputs = try files.compactMapValues { try $0.map { try Digest.of(file: $0) } }
    inputs["T1w"] = scan.t1wDigest
    if scan.brainMask != nil, scan.maskReading.pairing == .voxels { inputs["MaskPairing"] = "voxels" }
    self.inputs = inputs
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
