public import Base

/// A failure to read, write or locate a volume: what happened, where, and what to do.
public struct VolumeError: Error, Hashable, Sendable {
  /// The kind of failure with its details.
  public enum Kind: Hashable, Sendable {
    /// There is no file at the path.
    case notFound
    /// The file is a link to a path that does not exist.
    case brokenLink(target: String)
    /// Another program keeps the content elsewhere; carries the command that fetches it.
    case contentElsewhere(program: String, command: String)
    /// The file exists but the system cannot read it.
    case unreadable(reason: String)
    /// The content does not decompress, or its checksum is wrong.
    case damaged(reason: String)
    /// The data end early; both numbers are uncompressed bytes from the start of the file.
    case truncated(expected: Int, actual: Int)
    /// The content is not NIfTI.
    case notNIfTI
    /// A .hdr/.img pair instead of a single file.
    case pairedFiles
    /// The file extension is not supported.
    case unsupportedFormat(String)
    /// The voxel type is not a real number.
    case unsupportedDatatype(String)
    /// More than one volume; carries the stored shape.
    case series4D(shape: [Int])
    /// A header field has a value that the format does not allow.
    case invalidHeader(field: String, value: String)
    /// A voxel size is zero, negative or not finite; carries the sizes in mm.
    case badVoxelSize([Double])
    /// The affine is singular or not finite; carries its rows.
    case badAffine([SIMD4<Double>])
    /// The header claims more data than the limit or than the file can contain.
    case tooLarge(claimed: String, limit: String)
    /// The content is not PNG.
    case notPNG
    /// A PNG whose colours are not all grey.
    case colourPNG
    /// A PNG with transparent pixels.
    case transparentPNG
    /// The file could not be written; nothing was left at the path.
    case writeFailed(reason: String)
  }

  /// The kind of failure.
  public let kind: Kind
  /// The file concerned, or nil when there is none.
  public let path: String?
  /// The `errno` of the system call that failed; nil for any other failure.
  package let systemCode: Int32?

  package init(_ kind: Kind, path: String?, systemCode: Int32? = nil) {
    (self.kind, self.path, self.systemCode) = (kind, path, systemCode)
  }

  /// Creates the error of a file whose writing a system call refused.
  package init(writing path: String, systemCode: Int32) {
    self.init(.writeFailed(reason: systemMessage(systemCode)), path: path, systemCode: systemCode)
  }

  /// What happened, in one sentence without the path.
  public var what: String {
    switch kind {
    case .notFound: "There is no such file."
    case .brokenLink(let target): "The file is a link to '\(target)', which does not exist."
    case .contentElsewhere(let program, _):
      "The content of the file is not here; \(program) keeps it elsewhere."
    case .unreadable(let reason): "The file cannot be read: \(reason)."
    case .damaged(let reason): "The file is damaged: \(reason)."
    case .truncated(let expected, let actual):
      "The file ends early: it has \(actual) of \(expected) bytes."
    case .notNIfTI: "The file is not NIfTI."
    case .pairedFiles: "This is half of a .hdr/.img pair; only single-file NIfTI is supported."
    case .unsupportedFormat(""): "The file name has no extension."
    case .unsupportedFormat(let name): "Files of type '\(name)' are not supported."
    case .unsupportedDatatype(let name): "Voxels of type \(name) are not supported."
    case .series4D(let shape): "The file contains a series of volumes (\(Self.list(shape)))."
    case .invalidHeader(let field, let value): "The header field \(field) is \(value)."
    case .badVoxelSize(let size):
      "The voxel size (\(Self.list(size))) is not positive and finite."
    case .badAffine: "The affine is singular or not finite."
    case .tooLarge(let claimed, let limit): "The header claims \(claimed); at most \(limit) can be read."
    case .notPNG: "The file is not PNG."
    case .colourPNG: "The image is in colour; a slice must be grey."
    case .transparentPNG: "The image has transparent pixels; a slice must be opaque."
    case .writeFailed(let reason): "The file cannot be written: \(reason)."
    }
  }

  /// What the user can do.
  public var todo: String {
    switch kind {
    case .notFound: "Check the path."
    case .brokenLink: "Restore the target; in a container, make its folder visible at the same path."
    case .contentElsewhere(_, let command): "Fetch it with: \(command)"
    case .unreadable: "Check the permissions, and whether another viewer opens the file."
    case .damaged, .truncated: "Copy or download the file again."
    case .notNIfTI: "Use a .nii or .nii.gz file; dcm2niix converts DICOM."
    case .pairedFiles: "Convert the pair to one file, for example with nib-convert or fslchfiletype NIFTI_GZ."
    case .unsupportedFormat: "Use a .nii, .nii.gz or .png file; dcm2niix converts DICOM."
    case .unsupportedDatatype: "Convert the voxels to float32, for example with nib-convert."
    case .series4D: "Extract one volume, for example with nib-roi or fslroi."
    case .invalidHeader, .badVoxelSize, .badAffine:
      "Repair the header, or convert the scan again from its source."
    case .tooLarge:
      "Check that the header is intact; crop or resample the image if it really is this large."
    case .notPNG: "Check that the file is what its name says."
    case .colourPNG: "Convert the image to greyscale."
    case .transparentPNG: "Remove the alpha channel."
    case .writeFailed: "Check that the folder exists, is writable and has space."
    }
  }

  private static func list(_ values: [some CustomStringConvertible]) -> String {
    values.map(\.description).joined(separator: " x ")
  }
}

extension VolumeError: CustomStringConvertible {
  /// What happened, where and what to do, on one line.
  public var description: String {
    [path.map { "\($0):" }, what, todo].compactMap { $0 }.joined(separator: " ")
  }
}

extension VolumeError: ProblemReport {
  /// The problem of a file that cannot be read, located or written.
  public var problem: Problem {
    let kind: Problem.Kind =
      switch self.kind {
      case .notFound, .brokenLink, .contentElsewhere, .unreadable: .missingInput
      case .writeFailed: .inputOutput
      default: .badData
      }
    return Problem(kind, what, at: path ?? "a volume", advice: todo, systemCode: systemCode)
  }
}
