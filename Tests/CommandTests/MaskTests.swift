import _TestSupport
import Foundation
import Testing
import Volumes

/// Masks as other programs store them, from the manifest to the figures.
@Suite struct MaskTests {
  private static let reversed = Orientation(permutation: [0, 1, 2], isFlipped: [true, false, true])
  private static let turned = Orientation(permutation: [1, 2, 0], isFlipped: [false, true, false])

  /// Maps of the patients.
  private static let maps = Result {
    let out = try Workplace.folder()
    try Tool.succeed([
      "segment", "-i", Cohort.manifest.path, "--split", "test", "-o", out.path, "--bundle",
      Cohort.bundle.path, "--threads", "1",
    ])
    return out
  }

  /// Writes the cohort's manifest with lesion masks that are stored in another way.
  private static func manifest(
    in folder: URL, columns: [String: String] = [:], _ stored: (Volume) -> Volume
  ) throws -> URL {
    let cohort = try Cohort.folder.get(), table = try TSV(Cohort.manifest)
    var rows = [table.columns + columns.keys.sorted()]
    for row in table.rows {
      var row = row
      for column in ["image", "brain_mask"] { row[column] = (cohort / (row[column] ?? "")).path }
      if let mask = row["lesion_mask"], mask != "n/a" {
        let file = folder / "\(row["participant_id"] ?? "").nii.gz"
        try NIfTI.write(stored(NIfTI.read(cohort / mask)), to: file)
        row["lesion_mask"] = file.path
      }
      rows.append(rows[0].map { row[$0] ?? columns[$0] ?? "n/a" })
    }
    let manifest = folder / "manifest.tsv"
    try Data(rows.map { $0.joined(separator: "\t") + "\n" }.joined().utf8).write(to: manifest)
    return manifest
  }

  private static func evaluate(_ manifest: URL, _ options: [String] = []) throws -> (Outcome, URL) {
    let out = try Workplace.folder()
    return (
      try Tool.run(
        [
          "evaluate", "--predictions", maps.get().path, "--data", manifest.path, "-o", out.path, "--samples",
          "20",
        ] + options), out
    )
  }

  struct Stored: Sendable {
    let stored: @Sendable (Volume) -> Volume
    var columns: [String: String] = [:]
    var options: [String] = []
    var note: String?
  }

  /// Label 2 in a part of the healthy voxels.
  private static func withLabel2(_ mask: Volume) -> Volume {
    var mask = mask
    for index in mask.voxels.indices where index % 5 == 0 && mask.voxels[index] == 0 {
      mask.voxels[index] = 2
    }
    return mask
  }

  /// The voxels under a header whose first axis is reversed.
  private static func mirrored(_ mask: Volume) -> Volume {
    var affine = mask.geometry.affine
    affine.i *= -1
    return Volume(geometry: Geometry(shape: mask.shape, affine: affine), voxels: mask.voxels)
  }

  private static func minus1(_ mask: Volume) -> Volume { mask.map { $0 == 0 ? -1 : 1 } }

  private static func roundedHeader(_ mask: Volume) -> Volume {
    var affine = mask.geometry.affine
    affine.origin += SIMD3(0.01, -0.01, 0.4)
    return Volume(geometry: Geometry(shape: mask.shape, affine: affine), voxels: mask.voxels)
  }

  static let lesionMasks: [Row<Stored>] = [
    Row("reversed axes", Stored(stored: { reversed.apply($0) })),
    Row("axes in another order", Stored(stored: { turned.apply($0) })),
    Row("8 bit", Stored(stored: { $0.map { $0 * 255 } })),
    Row(
      "probabilities", Stored(stored: { $0.map { $0 == 0 ? 0.1 : 0.9 } }, note: "cut at 0.5: 2 of 9 cases")),
    Row("label 2", Stored(stored: withLabel2, options: ["--lesion-label", "1"])),
    Row("label 2 by a column", Stored(stored: withLabel2, columns: ["lesion_label": "1"])),
    Row("background -1", Stored(stored: minus1, options: ["--lesion-label", "1"])),
    Row("a wrong header", Stored(stored: mirrored, options: ["--mask-pairing", "voxels"])),
    Row("a wrong header by a column", Stored(stored: mirrored, columns: ["mask_pairing": "voxels"])),
  ]

  @Test(arguments: lesionMasks)
  func aLesionMaskGivesTheSameFiguresHoweverItIsStored(row: Row<Stored>) throws {
    let (_, expected) = try Self.evaluate(Cohort.manifest)
    let manifest = try Self.manifest(in: Workplace.folder(), columns: row.body.columns, row.body.stored)
    let (outcome, out) = try Self.evaluate(manifest, row.body.options)
    try #require(outcome.code == 0, "\(outcome.standardError)")
    #expect(try Data(contentsOf: out / "evaluation.json") == Data(contentsOf: expected / "evaluation.json"))
    if let note = row.body.note {
      #expect(outcome.standardError.contains(note), "\(outcome.standardError)")
    } else {
      #expect(outcome.log.isEmpty)
    }
  }

  struct Refused: Sendable {
    let stored: @Sendable (Volume) -> Volume
    let words: [String]
  }

  static let refused: [Row<Refused>] = [
    Row("label 2", Refused(stored: withLabel2, words: ["the values 0, 1 and 2", "--lesion-label"])),
    Row("background -1", Refused(stored: minus1, words: ["the values -1 and 1", "lesion_label"])),
    Row(
      "a wrong header", Refused(stored: mirrored, words: ["contradict each other", "--mask-pairing voxels"])),
  ]

  @Test(arguments: refused)
  func aMaskThatCouldMeanOtherThingsIsRefused(row: Row<Refused>) throws {
    let (outcome, out) = try Self.evaluate(Self.manifest(in: Workplace.folder(), row.body.stored))
    #expect(outcome.code == 65 && out.files.isEmpty)
    expectProblem(in: outcome, words: row.body.words)
  }

  static let brainMasks: [Row<Stored>] = [
    Row("reversed axes", Stored(stored: { reversed.apply($0) })),
    Row("axes in another order", Stored(stored: { turned.apply($0) })),
    Row("a rounded header", Stored(stored: roundedHeader)),
    Row("probabilities", Stored(stored: { $0.map { $0 == 0 ? 0.2 : 0.8 } }, note: "cut at 0.5")),
  ]

  @Test(arguments: brainMasks)
  func aBrainMaskGivesTheSameMapHoweverItIsStored(row: Row<Stored>) throws {
    func map(_ mask: URL) throws -> (map: Volume, row: [String: String]) {
      let out = try Workplace.folder()
      try Tool.succeed([
        "segment", Cohort.patient.path, out.path, "--brain-mask", mask.path, "--bundle", Cohort.bundle.path,
        "--threads", "1",
      ])
      return (
        try NIfTI.read(out / "sub-008/anat/sub-008_desc-anomaly_FLAIR.nii.gz"),
        try #require(try TSV(out / "cases.tsv").rows.first)
      )
    }
    let mask = try Workplace.folder() / "mask.nii.gz"
    try NIfTI.write(row.body.stored(NIfTI.read(Cohort.brain)), to: mask)
    let (stored, expected) = (try map(mask), try map(Cohort.brain))
    #expect(stored.map == expected.map)
    #expect((stored.row["message"]?.contains("cut at 0.5") == true) == (row.body.note != nil))
  }
}
