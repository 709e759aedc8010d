public import Foundation

/// Reads images by file extension: .nii and .nii.gz as NIfTI, .png as a single slice.
///
/// A PNG becomes a grid of shape (width, height, 1) with 1 mm voxels in radiological convention: column 0 is
/// patient right, row 0 anterior, the image centre at the world origin.
public enum VolumeReader {
  /// Reads an image as Float.
  ///
  /// - Throws: `VolumeError`, as do all readers.
  public static func read(_ url: URL) throws -> Volume {
    switch try format(of: url) {
    case .nifti: try NIfTI.read(url)
    case .png: try slice(url) { Float($0) }
    }
  }

  /// Reads a mask: 1 wherever the value is not 0.
  public static func readMask(_ url: URL) throws -> Mask {
    switch try format(of: url) {
    case .nifti: try NIfTI.readMask(url)
    case .png: try slice(url) { $0 == 0 ? 0 : 1 }
    }
  }

  /// Reads the geometry of an image without its voxels.
  public static func readGeometry(_ url: URL) throws -> Geometry {
    switch try format(of: url) {
    case .nifti: return try NIfTI.readGeometry(url)
    case .png:
      let size = try PNGImage.readSize(url)
      return sliceGeometry(width: size.width, height: size.height)
    }
  }

  /// Throws a ``VolumeError`` for a link to nothing, and for a file of any type whose content git-annex or Git LFS
  /// keeps elsewhere.
  package static func requireContent(of url: URL) throws {
    if let absence = AbsentContent.kind(of: url) { throw VolumeError(absence, path: url.path) }
  }

  private enum Format { case nifti, png }

  private static func format(of url: URL) throws -> Format {
    try requireContent(of: url)
    let name = url.lastPathComponent.lowercased()
    if name.hasSuffix(".nii") || name.hasSuffix(".nii.gz") { return .nifti }
    if name.hasSuffix(".png") { return .png }
    if [".hdr", ".img", ".hdr.gz", ".img.gz"].contains(where: name.hasSuffix) {
      throw VolumeError(.pairedFiles, path: url.path)
    }
    throw VolumeError(.unsupportedFormat(url.pathExtension), path: url.path)
  }

  private static func slice<Element>(_ url: URL, _ value: (UInt16) -> Element) throws -> Grid<Element> {
    let image = try PNGImage.read(url)
    return Grid(
      geometry: sliceGeometry(width: image.width, height: image.height), voxels: image.samples.map(value))
  }

  private static func sliceGeometry(width: Int, height: Int) -> Geometry {
    let centre = SIMD3(Double(width - 1) / 2, Double(height - 1) / 2, 0)
    let affine = Affine(diagonal: SIMD3(-1, -1, 1), origin: centre)
    return Geometry(shape: [width, height, 1], affine: affine)
  }
}
