import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
import StrictSettings
import Norma

@Suite struct ProblemTests {
  @Test(
    arguments: [
      ("epoch", ["epochs", "batchSize"], "epochs"), ("EPOCHS", ["epochs"], "epochs"),
      ("gridsize", ["gridSpacing", "gridSize"], "gridSize"), ("mirorr", ["mirror"], "mirror"),
      ("xyz", ["epochs", "median"], nil), ("", ["epochs"], nil), ("a", [], nil),
      // The alphabet decides between two equally near names, so that messages never change.
      ("bat", ["cat", "bad"], "bad"),
      ("statisticsSigam", ["statisticsSigma"], "statisticsSigma"),
    ] as [(String, [String], String?)])
  func theNearestNameIsFound(name: String, known: [String], expected: String?) {
    #expect(nearestName(to: name, in: known) == expected)
    #expect(nearestName(to: name, in: known.reversed()) == expected)
  }

  /// A table names the scan in another column.
  @Test(arguments: [("/a/scan.nii", "what (advice)"), ("/a/mask.nii", "what, at /a/mask.nii (advice)")])
  func aSentenceForATableIsComplete(location: String, sentence: String) {
    let problem = Problem(.badData, "what", at: location, advice: "advice")
    #expect(problem.sentence(about: URL(filePath: "/a/scan.nii")) == sentence)
  }

  @Test(
    arguments: [
      Row("configuration key", (ConfigurationError.unknownKey(path: "a", nearest: nil), .usage)),
      Row(
        "configuration type", (ConfigurationError.wrongType(path: "a", expected: "b", actual: "c"), .usage)),
      Row(
        "configuration range", (ConfigurationError.outOfRange(path: "a", value: "b", allowed: "c"), .usage)),
      Row("configuration name", (ConfigurationError.unknownName(kind: "a", name: "b", known: []), .usage)),
      Row("configuration file", (ConfigurationError.unreadable(where: "a", reason: "b"), .badData)),
      Row("no slices", (SimulationError.noSlices, .usage)),
      Row("missing weight", (ParameterError.missing(path: "a", shape: [1]), .badData)),
      Row("unknown error", (CocoaError(.featureUnsupported), .internalError)),
      Row("problem", (Problem(.interrupted, "a", at: "b", advice: "c"), .interrupted)),
    ] as [Row<(any Error, Problem.Kind)>])
  func everyErrorHasItsExitCode(row: Row<(any Error, Problem.Kind)>) {
    let problem = Problem(row.body.0)
    #expect(problem.kind == row.body.1)
    #expect(!problem.what.isEmpty && !problem.location.isEmpty && !problem.advice.isEmpty)
  }

  @Test func exitCodesMatchTheDocumentation() {
    let kinds: [Problem.Kind] = [
      .someCaseFailed, .usage, .badData, .missingInput, .missingLibrary, .internalError, .cannotCreate,
      .inputOutput,
      .interrupted,
    ]
    #expect(kinds.map(\.rawValue) == [1, 64, 65, 66, 69, 70, 73, 74, 130])
  }

  @Test func aProblemHasThreeLines() {
    #expect(
      "\(Problem(.usage, "what", at: "where", advice: "todo"))" == "what\n  where: where\n  what to do: todo")
  }

  @Test(
    arguments: [
      Row("no file", ("none.nii", nil, .missingInput)),
      Row("not NIfTI", ("a.nii", Data(repeating: 7, count: 400), .badData)),
      Row("short", ("a.nii", Data([1, 2]), .badData)),
      Row("another type", ("a.mgz", Data([1]), .badData)),
      Row("half of a pair", ("a.hdr", Data([1]), .badData)),
      Row("not PNG", ("a.png", Data("text".utf8), .badData)),
    ] as [Row<(String, Data?, Problem.Kind)>])
  func anUnreadableVolumeIsNamed(row: Row<(String, Data?, Problem.Kind)>) throws {
    let (name, data, kind) = row.body
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent(name)
      try data?.write(to: file)
      let problem = try problem { try VolumeReader.read(file) }
      #expect(problem.kind == kind && problem.location == file.path)
    }
  }

  @Test func aFailedWriteIsAnInputOutputError() throws {
    let nowhere = URL(filePath: "/nonexistent-folder/a.nii")
    let volume = Volume(geometry: TestScan.geometry, repeating: 0)
    #expect(try problem { try NIfTI.write(volume, to: nowhere) }.kind == .inputOutput)
    #expect(try problem { try Safetensors.write([:], to: nowhere) }.kind == .inputOutput)
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try AtomicFile.write("text", to: file)
      let below = try problem { try AtomicFile.write("text", to: file.appendingPathComponent("below/a")) }
      #expect(below.kind == .cannotCreate && below.location.hasPrefix(file.path))
    }
  }

  @Test func aBrokenSafetensorsFileIsBadData() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("a.safetensors")
      try Data(repeating: 1, count: 100).write(to: file)
      let problem = try problem { try Safetensors.read(file) }
      #expect(problem.kind == .badData && problem.location == file.path)
    }
  }
}
