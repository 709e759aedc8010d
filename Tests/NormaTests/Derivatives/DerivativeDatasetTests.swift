import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Norma

@Suite struct DerivativeDatasetTests {
  /// Folders of the results relative to a folder that holds the data set `raw`, and whether they are refused.
  @Test(arguments: [
    ("out", false), ("raw/derivatives/norma", false), ("raw", true), ("raw/norma", true),
    ("raw/derivatives", true), ("out/../raw/norma", true), ("link/norma", true), ("raw-2", false),
  ])
  func resultsStayOutsideTheDataSet(path: String, isRefused: Bool) throws {
    try withTemporaryFolder { folder in
      let raw = folder.appendingPathComponent("raw")
      try AtomicFile.makeFolder(raw)
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("link"), withDestinationURL: raw)
      func dataset() throws -> DerivativeDataset {
        try DerivativeDataset(folder: folder.appendingPathComponent(path), root: raw, derivatives: nil)
      }
      guard isRefused else { return _ = try dataset() }
      let problem = try problem { try dataset() }
      #expect(problem.kind == .cannotCreate && problem.what.contains("inside the data set"))
    }
  }

  @Test func anotherDataSetIsNotOverwritten() throws {
    try withTemporaryFolder { folder in
      let raw = folder.appendingPathComponent("raw"), out = folder.appendingPathComponent("out")
      try AtomicFile.makeFolder(raw)
      func dataset() throws -> DerivativeDataset {
        try DerivativeDataset(folder: out, root: raw, derivatives: nil)
      }
      try dataset().prepare()
      _ = try dataset()
      let file = out.appendingPathComponent("dataset_description.json")
      for text in [
        #"{"Name": "x", "BIDSVersion": "1.10.0"}"#,
        #"{"Name": "x", "BIDSVersion": "1.10.0", "GeneratedBy": [{"Name": "fMRIPrep"}]}"#,
      ] {
        try AtomicFile.write(text, to: file)
        #expect(try problem { try dataset() }.what.contains("another data set"))
      }
    }
  }

  @Test func inputsAreNamedByURIsThatLeadBack() throws {
    try withTemporaryFolder { folder in
      let raw = folder.appendingPathComponent("raw"), masks = folder.appendingPathComponent("masks")
      for place in [raw, masks] { try AtomicFile.makeFolder(place) }
      let out = folder.appendingPathComponent("out")
      let dataset = try DerivativeDataset(folder: out, root: raw, derivatives: masks)
      try dataset.prepare()
      let links = DerivativeDataset.links(of: out)
      #expect(links == ["raw": "../raw", "masks": "../masks"])
      for (file, uri) in [
        (raw.appendingPathComponent("sub-01/anat/a b.nii.gz"), "bids:raw:sub-01/anat/a%20b.nii.gz"),
        (masks.appendingPathComponent("m.nii.gz"), "bids:masks:m.nii.gz"),
      ] {
        #expect(dataset.uri(of: file) == uri)
        #expect(
          DerivativeDataset.file(ofURI: uri, in: out, links: links)?.path == file.standardizedFileURL.path)
      }
      #expect(dataset.uri(of: folder.appendingPathComponent("elsewhere.nii.gz")) == "elsewhere.nii.gz")
      for uri in ["bids:other:a", "bids:raw", "raw:a", ""] {
        #expect(DerivativeDataset.file(ofURI: uri, in: out, links: links) == nil, "\(uri)")
      }
      // Masks below the data set belong to it.
      let inside = try DerivativeDataset(
        folder: out, root: raw, derivatives: raw.appendingPathComponent("derivatives/masks"))
      try inside.prepare()
      #expect(DerivativeDataset.links(of: out) == ["raw": "../raw"])
    }
  }
}
