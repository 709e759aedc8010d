import Foundation
import Testing
import Volumes

/// One thing a user can get wrong: how it comes about, the exit code, and words of the three-line message.
struct BadInput: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let code: Int32
  let words: [String]
  let arguments: @Sendable (Place) throws -> [String]

  init(
    _ name: String, _ code: Int32, _ words: [String],
    _ arguments: @escaping @Sendable (Place) throws -> [String]
  ) {
    (testDescription, self.code, self.words, self.arguments) = (name, code, words, arguments)
  }

  /// A fresh folder for the input, and the output folder.
  struct Place: Sendable {
    let folder: URL
    var out: URL { folder / "out" }

    /// Segments one file with the normative bundle.
    func segment(_ input: URL, _ more: [String] = []) throws -> [String] {
      try ["segment", "-i", input.path, "-o", out.path, "--bundle", Cohort.bundle.path, "--threads", "1"]
        + more
    }

    /// Trains the normative model on a manifest.
    func train(_ manifest: URL, _ more: [String] = []) -> [String] {
      ["train", "--preset", "normative", "--data", manifest.path, "-o", out.path, "--threads", "1"]
        + Cohort.smallGrid + more
    }

    /// Writes a manifest of these lines; cells are separated by spaces in the source.
    func manifest(_ lines: String...) throws -> URL {
      let file = folder / "manifest.tsv"
      let text = lines.map { $0.split(separator: " ").joined(separator: "\t") + "\n" }.joined()
      try Data(text.utf8).write(to: file)
      return file
    }

    /// A new file with some bytes of the patient's uncompressed scan replaced.
    func scan(named name: String = "scan.nii", patching offset: Int, with bytes: [UInt8]) throws -> URL {
      let file = folder / name
      try NIfTI.write(NIfTI.read(Cohort.patient), to: file)
      var data = try Data(contentsOf: file)
      data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
      try data.write(to: file)
      return file
    }

    /// A new file of the patient's scan with other voxels.
    func scan(named name: String = "scan.nii.gz", _ change: (Int, Float) -> Float) throws -> URL {
      var volume = try NIfTI.read(Cohort.patient)
      volume.voxels = volume.voxels.enumerated().map(change)
      let file = folder / name
      try NIfTI.write(volume, to: file)
      return file
    }

    /// The patient's brain mask with other voxels, or with a header whose first axis is reversed.
    func mask(
      mirroringHeader: Bool = false, _ change: (Int, Float) -> Float = { $1 }
    ) throws -> URL {
      let mask = try NIfTI.read(Cohort.brain)
      var affine = mask.geometry.affine
      if mirroringHeader { affine.i *= -1 }
      let file = folder / "mask.nii.gz"
      try NIfTI.write(
        Volume(
          geometry: Geometry(shape: mask.shape, affine: affine),
          voxels: mask.voxels.enumerated().map(change)),
        to: file)
      return file
    }

    /// A mask that is one slice thinner than the patient's scan.
    func thinnerMask() throws -> URL {
      let geometry = try NIfTI.readGeometry(Cohort.patient)
      let shape = [geometry.shape[0], geometry.shape[1], geometry.shape[2] - 1]
      let file = folder / "mask.nii.gz"
      try NIfTI.write(Mask(geometry: Geometry(shape: shape, affine: geometry.affine), repeating: 1), to: file)
      return file
    }
  }

  /// Runs the command and checks the exit code, the message and the contents of the output folder.
  @discardableResult
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws -> (outcome: Outcome, place: Place) {
    let place = Place(folder: try Workplace.folder())
    let outcome = try Tool.run(arguments(place), in: place.folder)
    #expect(outcome.code == code, "\(outcome.standardError)", sourceLocation: sourceLocation)
    expectProblem(in: outcome, words: words, sourceLocation: sourceLocation)
    #expect(place.folder.halfWritten == [], sourceLocation: sourceLocation)
    return (outcome, place)
  }
}

/// The three lines `error: what`, `  where: ...`, `  what to do: ...`, in this order, and the words in them.
func expectProblem(in outcome: Outcome, words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  let text = outcome.standardError
  let start = outcome.log.firstIndex { $0.hasPrefix("error: ") }
  let lines = start.map { Array(outcome.log[$0...].prefix(3)) } ?? []
  let prefixes = ["error: ", "  where: ", "  what to do: "]
  let areThere =
    lines.count == 3 && zip(lines, prefixes).allSatisfy { $0.hasPrefix($1) && $0.count > $1.count + 2 }
  #expect(areThere, "no three-line message in: \(text)", sourceLocation: sourceLocation)
  #expect(
    outcome.log.count == (start ?? 0) + 3, "more than the message: \(text)", sourceLocation: sourceLocation)
  for word in words {
    #expect(
      lines.joined(separator: "\n").contains(word), "'\(word)' in: \(text)", sourceLocation: sourceLocation)
  }
}
