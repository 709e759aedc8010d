import Foundation
import Testing

/// Manifests that do not say what they should.
@Suite struct BadManifestTests {
  static let manifests: [BadInput] = [
    BadInput("without a required column", 65, ["no column 'image'", "but a column 'imge'", "line 1"]) {
      place in
      try place.segment(place.manifest("participant_id imge", "a scan.nii.gz"))
    },
    BadInput("with a row too short", 65, ["2 cells", "header has 3", "line 3", "n/a"]) { place in
      try place.segment(
        place.manifest("participant_id image split", "a \(Cohort.patient.path) test", "b scan.nii.gz"))
    },
    BadInput("with a participant in two splits", 65, ["'a'", "two splits", "leakage"]) { place in
      try place.segment(
        place.manifest(
          "participant_id session_id image split", "a ses-1 x.nii.gz train", "a ses-2 y.nii.gz test"))
    },
    BadInput("with a case twice", 65, ["'a' is listed twice", "session_id"]) { place in
      try place.segment(place.manifest("participant_id image", "a x.nii.gz", "a y.nii.gz"))
    },
    BadInput("with an unknown split", 65, ["'training' is not a split", "line 2", "train, validation, test"])
    {
      place in
      try place.segment(place.manifest("participant_id image split", "a x.nii.gz training"))
    },
    BadInput("with an empty cell", 65, ["empty", "line 2"]) { place in
      try place.segment(place.manifest("participant_id image", "n/a x.nii.gz"))
    },
    BadInput("with a path for a name", 65, ["'../../a'", "line 2", "participant_id"]) { place in
      try place.segment(place.manifest("participant_id image", "../../a \(Cohort.patient.path)"))
    },
    BadInput("with a column twice", 65, ["column 'image' twice", "line 1"]) { place in
      try place.segment(place.manifest("participant_id image image", "a x.nii y.nii"))
    },
    BadInput("separated by commas", 65, ["no column 'participant_id'", "tabs"]) { place in
      try place.segment(place.manifest("participant_id,image", "a,x.nii"))
    },
    BadInput("with a level that is none", 65, ["'middle' is not a position", "line 2"]) { place in
      try place.segment(place.manifest("participant_id image level", "a x.png middle"))
    },
    BadInput("with an infinite level", 65, ["'inf' is not a position"]) { place in
      try place.segment(place.manifest("participant_id image level", "a x.png inf"))
    },
    BadInput("with a name too long for a file", 65, ["longer than 140 bytes", "line 2"]) { place in
      try place.segment(
        place.manifest("participant_id image", "\(String(repeating: "a", count: 141)) \(Cohort.patient.path)")
      )
    },
    BadInput("in UTF-16", 65, ["not UTF-8", "tab-separated"]) { place in
      try "participant_id\timage\n".data(using: .utf16)?.write(to: place.folder / "manifest.tsv")
      return try place.segment(place.folder / "manifest.tsv")
    },
    BadInput("without rows", 65, ["lists no scan"]) { place in
      try place.segment(place.manifest("participant_id image"))
    },
    BadInput("of anatomies only", 65, ["lists anatomies but no scan", "column image"]) { place in
      try place.segment(place.manifest("participant_id anatomy", "a template"))
    },
    BadInput("of anatomies only, in an evaluation", 65, ["lists anatomies but no scan"]) { place in
      let manifest = try place.manifest("participant_id anatomy", "a template")
      return [
        "evaluate", "--predictions", place.folder.path, "--data", manifest.path, "-o", place.out.path,
      ]
    },
    BadInput("that is empty", 65, ["empty", "header"]) { place in try place.segment(place.manifest()) },
    BadInput("that is no text", 65, ["UTF-8"]) { place in
      try Data([0xFF, 0xFE, 0, 0x80]).write(to: place.folder / "manifest.tsv")
      return try place.segment(place.folder / "manifest.tsv")
    },
    BadInput("that is missing", 66, ["no such file", "nowhere.tsv"]) { place in
      try place.segment(place.folder / "nowhere.tsv")
    },
  ]

  /// These commands need scans.
  static let commands: [[String]] = [
    ["segment", "-i"], ["preprocess", "-i"], ["paint", "--data"],
    ["experiment", "baur2018", "--methods", "brightness", "--data"],
    ["evaluate", "--predictions", "RESULTS", "--data"],
  ]

  @Test(arguments: commands)
  func anatomiesAreRefusedWhereScansAreNeeded(command: [String]) throws {
    let folder = try Workplace.folder(), place = BadInput.Place(folder: folder)
    let manifest = try place.manifest("participant_id anatomy", "icbm template")
    let arguments = try command.map {
      $0 == "BUNDLE" ? try Cohort.bundle.path : $0 == "RESULTS" ? folder.path : $0
    }
    let outcome = try Tool.run(arguments + [manifest.path, "-o", place.out.path])
    #expect(outcome.code == 65 && outcome.standardOutput.isEmpty && !place.out.exists)
    expectProblem(
      in: outcome, words: ["lists anatomies but no scan", manifest.path, "column image", "bundle calibrate"])
  }

  @Test(arguments: manifests)
  func aManifestIsRefusedBeforeAnythingIsWritten(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }
}
