import Foundation
import Testing

@testable import Volumes

/// The free text of a scan's header, which may name the patient, stays out of every output.
@Suite struct HeaderTextTests {
  private static let name = "Muster^Erika"

  /// The file of a volume with a name in all text fields of its header and in an extension.
  private func mark(_ source: URL, as name: String, in folder: URL) throws -> URL {
    let file = folder / name, text = Data(Self.name.utf8)
    var data = try NIfTI.data(of: NIfTI.read(source))
    // db_name, descrip, aux_file, intent_name.
    for offset in [14, 148, 228, 328] { data.replaceSubrange(offset..<offset + text.count, with: text) }
    // One extension of 32 bytes and the code 6, a comment, before the voxels, which begin at 384.
    let head: [UInt8] = [1, 0, 0, 0, 32, 0, 0, 0, 6, 0, 0, 0]
    data.replaceSubrange(348..<352, with: head + text + Data(count: 24 - text.count))
    data.replaceSubrange(108..<112, with: [0, 0, 0xC0, 0x43])
    try data.write(to: file)
    return file
  }

  private func marked(_ file: URL) throws -> Bool {
    let reader = try GzipReader(file, bufferSize: 1 << 16)
    var data = Data()
    while case let part = try reader.read(1 << 16), !part.isEmpty { data += part }
    return data.range(of: Data(Self.name.utf8)) != nil
  }

  /// Expects files, and the name in none of them.
  private func expectNoName(in out: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(
      out.files.contains { $0.hasSuffix(".nii.gz") || $0.hasSuffix(".html") }, sourceLocation: sourceLocation)
    for file in out.files {
      #expect(try !marked(out / file), "\(file)", sourceLocation: sourceLocation)
    }
  }

  @Test func textOfHeadersStaysBehind() throws {
    let folder = try Workplace.folder(), bundle = try Cohort.bundle.path
    let patient = try Cohort.patient
    let scan = try mark(patient, as: "sub-1_FLAIR.nii", in: folder)
    let lesions = patient.deletingLastPathComponent() / "sub-008_label-lesion_mask.nii.gz"
    let lesion = try mark(lesions, as: "lesion.nii", in: folder)
    #expect(try marked(scan) && marked(lesion) && NIfTI.read(scan).voxels == NIfTI.read(patient).voxels)
    let manifest = folder / "manifest.tsv"
    try Data("participant_id\timage\tlesion_mask\nsub-1\t\(scan.path)\t\(lesion.path)\n".utf8).write(
      to: manifest)
    let data = try BIDSDataSet(in: folder, scans: [])
    try FileManager.default.createDirectory(
      at: data.raw / "sub-1/anat", withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: scan, to: data.raw / "sub-1/anat/sub-1_FLAIR.nii")

    let template = folder / "template"
    try FileManager.default.createDirectory(at: template, withIntermediateDirectories: true)
    let maps = try SimulateTests.template()
    for file in maps.files {
      #expect(try marked(mark(maps / file, as: file, in: template)))
    }

    let commands: [(out: String, arguments: [String])] = [
      ("maps", ["segment", "-i", manifest.path, "--bundle", bundle, "--exceedance"]),
      (
        "figures",
        ["evaluate", "--predictions", (folder / "maps").path, "--data", manifest.path, "--samples", "10"]
      ),
      (
        "prepared",
        [
          "preprocess", "-i", scan.path, "--set", "preprocessing.registers=false", "--set",
          "preprocessing.correctsBias=false",
        ]
      ),
      (
        "people",
        [
          "simulate", "--template", template.path, "--cases", "2", "--voxel-size", "4", "--levels", "10",
          "30",
        ]
      ),
    ]
    for (out, arguments) in commands {
      try Tool.succeed(arguments + ["-o", (folder / out).path])
      try expectNoName(in: folder / out)
    }
    for level in ["participant", "group"] { try Tool.succeed(data.arguments(level)) }
    try expectNoName(in: data.out)
  }
}
