import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort

/// Folders of DICOM files, and the choice of the FLAIR among their series.
@Suite struct DICOMTests {
  private static let header = Data(repeating: 0, count: 128) + Data("DICM".utf8)

  private func isDICOM(_ files: [(String, Data)], without output: String? = nil) throws -> Bool {
    try withTemporaryFolder { folder in
      for (name, data) in files { try AtomicFile.write(data, to: folder.appendingPathComponent(name)) }
      return DICOMFolder(folder, without: output.map(folder.appendingPathComponent)) != nil
    }
  }

  @Test func theMagicNumberDecidesAtAnyDepthAndWithAnyName() throws {
    #expect(try isDICOM([("README", Data("x".utf8)), ("study/1/IM0001", Self.header)]))
    #expect(try isDICOM([("a.IMA", Data())]))
    #expect(try isDICOM([("icon.png", Data()), ("IM0001", Self.header)]))
    #expect(try !isDICOM([("IM0001", Data(repeating: 0, count: 132))]))
    #expect(try !isDICOM([("IM0001", Self.header), ("scan.nii.gz", Data())]))
  }

  @Test func whatNormaWroteBelowTheFolderDoesNotCount() throws {
    let files = [("IM0001", Self.header), ("results/converted/1.nii.gz", Data())]
    #expect(try isDICOM(files, without: "results"))
    #expect(try !isDICOM(files, without: "result"))
  }

  @Test func anotherDateOrAnotherFileIsAnotherDigest() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("IM0001")
      func digest() throws -> String { try #require(DICOMFolder(folder)).digest }
      try Self.header.write(to: file)
      let first = try digest()
      #expect(try digest() == first)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file.path)
      let second = try digest()
      try Self.header.write(to: folder.appendingPathComponent("IM0002"))
      #expect(try Set([first, second, digest()]).count == 3)
    }
  }

  /// The fields of a sidecar, without those that are not known.
  struct Parameters: CustomTestStringConvertible, Sendable {
    let name: String, inversion, echo: Double?, number: Int
    var type = "ORIGINAL", modality = "MR"

    init(
      _ name: String, _ inversion: Double?, _ echo: Double?, number: Int = 1, type: String = "ORIGINAL",
      modality: String = "MR"
    ) {
      (self.name, self.inversion, self.echo, self.number) = (name, inversion, echo, number)
      (self.type, self.modality) = (type, modality)
    }

    var testDescription: String { "\(name) \(inversion ?? 0) \(echo ?? 0)" }

    func series(in folder: URL, file: String? = nil) throws -> DICOMSeries {
      var fields: [String: Any] = [
        "SeriesNumber": number, "SeriesDescription": name, "ImageType": [type, "PRIMARY"],
        "Modality": modality,
      ]
      (fields["InversionTime"], fields["EchoTime"]) = (inversion, echo)
      let file = file ?? "\(number)_x"
      try JSONSerialization.data(withJSONObject: fields)
        .write(to: folder.appendingPathComponent("\(file).json"))
      return DICOMSeries(image: folder.appendingPathComponent("\(file).nii.gz"))
    }
  }

  @Test(arguments: [
    (Parameters("t2_tirm_tra_dark-fluid", 2.5, 0.092), true),
    (Parameters("3D Brain VIEW FLAIR SHC", 1.65, 0.34), true),
    (Parameters("AX FLAIR", nil, nil), true),
    (Parameters("s401", 2.5, 0.12), true),
    (Parameters("s401", 2.5, nil), false),
    (Parameters("AX T1 FLAIR", 0.86, 0.023), false),
    (Parameters("T1 FLAIR", nil, nil), false),
    (Parameters("FLAIR low field", 1.4, 0.12), false),
    (Parameters("t1_mprage", 0.9, 0.003), false),
    (Parameters("t2_tse", nil, 0.1), false),
    (Parameters("STIR", 0.22, 0.08), false),
    (Parameters("ep2d_diff", nil, 0.09), false),
    (Parameters("FLAIR", nil, nil, modality: "CT"), false),
  ])
  func nameAndTimesSayWhetherASeriesIsAFLAIR(parameters: Parameters, expected: Bool) throws {
    let isFLAIR = try withTemporaryFolder { try parameters.series(in: $0).isFLAIR }
    #expect(isFLAIR == expected)
  }

  private static let flair = Parameters("flair", 2.5, 0.09, number: 5)
  private static let t1w = Parameters("mprage", 0.9, 0.003, number: 2)

  private func chosen(_ series: [Parameters], number: Int? = nil) throws -> Int {
    try withTemporaryFolder { folder in
      let all = try series.enumerated().map { try $1.series(in: folder, file: "\($1.number)_\($0)") }
      return try all.chosen(number: number, of: folder).number
    }
  }

  @Test func theOnlyOriginalFLAIRIsChosen() throws {
    #expect(try chosen([Self.t1w, Self.flair]) == 5)
    #expect(try chosen([Self.flair, Parameters("flair mpr", 2.5, 0.09, number: 6, type: "DERIVED")]) == 5)
    #expect(try chosen([Self.t1w, Parameters("flair mpr", 2.5, 0.09, number: 6, type: "DERIVED")]) == 6)
    #expect(try chosen([Self.t1w, Self.flair], number: 2) == 2)
    // dcm2niix writes two files of a series whose slices are not equidistant.
    #expect(try chosen([Self.flair, Parameters("adc", nil, nil, number: 5)], number: 5) == 5)
  }

  @Test func noneAndSeveralAreRefusedWithTheirList() throws {
    let second = Parameters("flair c+", 2.5, 0.09, number: 9)
    let none = try problem { try chosen([Self.t1w]) }
    #expect(none.kind == .badData && none.what.contains("2 'mprage' (TI 0.9 s, TE 3 ms)"))
    let several = try problem { try chosen([Self.t1w, Self.flair, second]) }
    #expect(several.what.contains("2 series may be the FLAIR: 5 'flair' (TI 2.5 s, TE 90 ms); 9 'flair c+'"))
    #expect(!several.what.contains("mprage") && several.advice.contains("--series NUMBER"))
    let same = try problem { try chosen([Self.flair, Self.flair]) }
    #expect(same.advice.contains("5_0.nii.gz"))
    let missing = try problem { try chosen([Self.t1w, Self.flair], number: 7) }
    #expect(missing.what.contains("no series 7") && missing.what.contains("5 'flair'"))
  }
}
