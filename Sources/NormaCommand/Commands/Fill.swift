import ArgumentParser
import Foundation
import Norma
import Volumes

struct Fill: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Replace the regions of a mask by plausible tissue, for tools that expect a brain without lesions.",
    usage: "norma fill <scan> --mask <mask> [<options>]",
    discussion: """
      Only the voxels of the mask change; all other bytes of the image stay as they are. A mask on another \
      grid of the same world, such as that of the FLAIR for a T1-weighted scan, is resampled.
      """)

  @Argument(help: "The scan (.nii, .nii.gz) of any contrast.")
  var scan: String

  @Option(help: "The mask of the regions, such as the …_label-lesion_mask.nii.gz of norma segment.")
  var mask: String?

  @Option(
    name: [.short, .customLong("output")], help: "The new file. Default: beside the scan, with desc-filled.")
  var output: String?

  @Option(help: "Also replace voxels within so many mm of the mask, for rims that the mask leaves out.")
  var grow = 0.0

  @OptionGroup var lesionMasks: LesionMaskOptions
  @OptionGroup var console: Console

  func validate() throws {
    if !(0...20).contains(grow) { throw ValidationError("--grow takes 0 to 20 mm.") }
  }

  func run() throws {
    guard let mask else {
      throw Problem(
        .usage, "no mask is given", at: scan,
        advice: "give the mask of the regions with --mask; norma segment writes one")
    }
    let source = URL(fileURLWithPath: scan),
      target = output.map { URL(fileURLWithPath: $0) } ?? Self.file(beside: source)
    guard target.resolvingSymlinksInPath() != source.resolvingSymlinksInPath() else {
      throw Problem(
        .cannotCreate, "the new file would replace the scan", at: target.path, advice: "choose another name")
    }
    let image = try NIfTI.read(source)
    let regions = try regions(of: URL(fileURLWithPath: mask), on: image.geometry)
    guard regions.voxels.contains(1) else {
      throw Problem(
        .badData, "the mask has no voxel in the scan", at: mask,
        advice: "give the mask of this scan; a scan without a lesion needs no filling")
    }
    let (values, unfilled) = LesionFilling(image, mask: regions).values()
    guard !values.isEmpty else {
      throw Problem(
        .badData, "no region of the mask has enough tissue around it", at: mask,
        advice: "check that the mask is that of this scan, and that it marks lesions, not the brain")
    }
    if unfilled > 0 {
      console.log("\(unfilled) regions were left as they are: there is too little tissue around them.")
    }
    try NIfTI.write(replacing: values, in: source, to: target)
    console.log(
      source.lastPathComponent,
      [
        "voxels": "\(values.count)",
        "volume_ml": String(format: "%.2f", Double(values.count) * image.geometry.voxelVolume / 1000),
      ])
    console.result(target.path)
  }

  /// The regions on the grid of the scan.
  private func regions(of file: URL, on grid: Geometry) throws -> Mask {
    let (mask, note) = try VolumeReader.read(file).binary(
      label: lesionMasks.lesionLabel, kind: Volume.lesionMask, at: file.path)
    if let note { console.log(note) }
    let placed: Mask
    if mask.shape == grid.shape || grid.orientation(aligning: mask.geometry) != nil {
      placed = try mask.paired(
        with: grid, by: lesionMasks.pairing.maskPairing, kind: Volume.lesionMask, at: file.path)
    } else {
      console.log("The mask is on another grid; it was resampled to that of the scan by world coordinates.")
      placed = try Resample.nearest(mask, to: grid)
    }
    return grow > 0 ? placed.grown(by: grow) : placed
  }

  /// `sub-01_desc-filled_FLAIR.nii.gz` for `sub-01_FLAIR.nii.gz`, `scan_filled.nii` for `scan.nii`.
  static func file(beside scan: URL) -> URL {
    let name = scan.lastPathComponent, stem = Manifest.stem(scan), ending = name.dropFirst(stem.count)
    let parts = stem.split(separator: "_", omittingEmptySubsequences: false)
    let filled =
      stem.hasPrefix("sub-") && parts.count > 1
      ? (parts.dropLast() + ["desc-filled", parts[parts.count - 1]]).joined(separator: "_") : "\(stem)_filled"
    return scan.deletingLastPathComponent().appendingPathComponent(filled + ending)
  }
}
