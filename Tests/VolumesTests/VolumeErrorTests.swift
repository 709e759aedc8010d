import Testing

import Volumes

/// Every message that a user can see.
@Suite struct VolumeErrorTests {
  static let messages: [(VolumeError.Kind, String)] = [
    (.notFound, "There is no such file. Check the path."),
    (
      .brokenLink(target: "/data/a.nii"),
      "The file is a link to '/data/a.nii', which does not exist. "
        + "Restore the target; in a container, make its folder visible at the same path."
    ),
    (
      .contentElsewhere(program: "git-annex", command: "datalad get 'a.nii'"),
      "The content of the file is not here; git-annex keeps it elsewhere. Fetch it with: datalad get 'a.nii'"
    ),
    (
      .unreadable(reason: "Permission denied"),
      "The file cannot be read: Permission denied. "
        + "Check the permissions, and whether another viewer opens the file."
    ),
    (
      .damaged(reason: "incorrect data check"),
      "The file is damaged: incorrect data check. Copy or download the file again."
    ),
    (
      .unsupportedFormat(""),
      "The file name has no extension. Use a .nii, .nii.gz or .png file; dcm2niix converts DICOM."
    ),
    (
      .truncated(expected: 472, actual: 352),
      "The file ends early: it has 352 of 472 bytes. Copy or download the file again."
    ),
    (.notNIfTI, "The file is not NIfTI. Use a .nii or .nii.gz file; dcm2niix converts DICOM."),
    (
      .pairedFiles,
      "This is half of a .hdr/.img pair; only single-file NIfTI is supported. "
        + "Convert the pair to one file, for example with nib-convert or fslchfiletype NIFTI_GZ."
    ),
    (
      .unsupportedFormat("mgz"),
      "Files of type 'mgz' are not supported. Use a .nii, .nii.gz or .png file; dcm2niix converts DICOM."
    ),
    (
      .unsupportedDatatype("RGB24"),
      "Voxels of type RGB24 are not supported. Convert the voxels to float32, for example with nib-convert."
    ),
    (
      .series4D(shape: [64, 64, 30, 200]),
      "The file contains a series of volumes (64 x 64 x 30 x 200). "
        + "Extract one volume, for example with nib-roi or fslroi."
    ),
    (
      .invalidHeader(field: "dim[0]", value: "9"),
      "The header field dim[0] is 9. Repair the header, or convert the scan again from its source."
    ),
    (
      .badVoxelSize([1, 0, 1.5]),
      "The voxel size (1.0 x 0.0 x 1.5) is not positive and finite. "
        + "Repair the header, or convert the scan again from its source."
    ),
    (
      .badAffine([]),
      "The affine is singular or not finite. Repair the header, or convert the scan again from its source."
    ),
    (
      .tooLarge(claimed: "9000 bytes", limit: "1032 bytes"),
      "The header claims 9000 bytes; at most 1032 bytes can be read. "
        + "Check that the header is intact; crop or resample the image if it really is this large."
    ),
    (.notPNG, "The file is not PNG. Check that the file is what its name says."),
    (.colourPNG, "The image is in colour; a slice must be grey. Convert the image to greyscale."),
    (
      .transparentPNG,
      "The image has transparent pixels; a slice must be opaque. Remove the alpha channel."
    ),
    (
      .writeFailed(reason: "No space left on device"),
      "The file cannot be written: No space left on device. "
        + "Check that the folder exists, is writable and has space."
    ),
  ]

  @Test(arguments: messages) func saysWhatWhereAndWhatToDo(kind: VolumeError.Kind, message: String) {
    #expect("\(VolumeError(kind, path: "/data/scan.nii"))" == "/data/scan.nii: " + message)
    #expect("\(VolumeError(kind, path: nil))" == message)
  }
}
