import _TestSupport
import Base
import Foundation
import Testing
import Volumes

/// Files that are there by name only.
@Suite struct AbsentContentTests {
  /// The target of a link, or the text of a file, and words of the message.
  @Test(arguments: [
    ("../.git/annex/objects/8k/Vp/MD5E-s1--ab.nii.gz/MD5E-s1--ab.nii.gz", true, "datalad get"),
    ("../../annex/objects/x", true, "datalad get"),
    ("/nowhere/a.nii.gz", true, "a link to '/nowhere/a.nii.gz'"),
    ("/annex/objects/MD5E-s1234--abc.nii.gz\n", false, "datalad get"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", false, "git lfs pull"),
  ])
  func theMessageSaysHowToFetchIt(content: String, isLink: Bool, words: String) throws {
    try withTemporaryFolder { folder in
      for name in ["a.nii.gz", "a.nii", "a.png"] {
        let file = folder.appendingPathComponent(name)
        if isLink {
          try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: content)
        } else {
          try Data(content.utf8).write(to: file)
        }
        for read in [{ _ = try VolumeReader.read(file) }, { _ = try VolumeReader.readGeometry(file) }] {
          let problem = try problem { try read() }
          #expect(problem.kind == .missingInput && problem.description.contains(words), "\(problem)")
        }
      }
    }
  }

  @Test func aLinkWithContentIsRead() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("b.nii"), link = folder.appendingPathComponent("a.nii")
      let affine = Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: .zero)
      try NIfTI.write(Volume(geometry: Geometry(shape: [2, 2, 2], affine: affine), repeating: 1), to: file)
      try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "b.nii")
      #expect(try VolumeReader.read(link).voxels.count == 8)
    }
  }
}
