import Base
package import Foundation

/// A series that dcm2niix converted: an image, and the parameters in the JSON file beside it.
package struct DICOMSeries: Sendable {
  package let image: URL
  private let sidecar: ConvertedSidecar

  package init(image: URL) {
    self.image = image
    let json = image.deletingLastPathComponent().appendingPathComponent("\(Manifest.stem(image)).json")
    sidecar = ConvertedSidecar(json: json) ?? ConvertedSidecar()
  }

  /// The number of the series; 0 if it is unknown.
  package var number: Int { sidecar.number ?? 0 }

  /// Whether the scanner, or another program, computed it from other images.
  var isDerived: Bool { sidecar.imageType.contains("DERIVED") }

  /// Whether it is a FLAIR: no known parameter contradicts, and the name says so or both parameters do.
  ///
  /// Fluid is dark after an inversion time of 1.6 to 2.8 s, at 1.5 to 7 T; an echo time above 70 ms makes the image
  /// T2-weighted, unlike the T1-weighted images that are called T1 FLAIR.
  var isFLAIR: Bool {
    guard sidecar.modality == "MR", !ScanName(image).isComplexPart else { return false }
    let agree = [
      sidecar.inversionTime.map { (1.6...2.8).contains($0) }, sidecar.echoTime.map { $0 > 0.07 },
    ]
    guard !agree.contains(false) else { return false }
    let words = names.lowercased().split { !$0.isLetter && !$0.isNumber }
    let says = words.joined(separator: " ").contains(/flair|dark ?fluid/) && !words.contains("t1")
    return says || !agree.contains(nil)
  }

  private var names: String { "\(sidecar.description) \(sidecar.protocolName)" }

  /// Number, name and parameters, such as `5 't2_flair' (TI 2.5 s, TE 92 ms)`.
  package var text: String {
    let name = [sidecar.description, sidecar.protocolName, Manifest.stem(image)].first { !$0.isEmpty } ?? ""
    let parameters = [
      sidecar.inversionTime.map { "TI \($0.formatted(.number.precision(.fractionLength(0...2)))) s" },
      sidecar.echoTime.map { "TE \(($0 * 1000).formatted(.number.precision(.fractionLength(0)))) ms" },
      isDerived ? "derived" : nil,
    ].compactMap { $0 }
    return "\(number) '\(name)'" + (parameters.isEmpty ? "" : " (\(parameters.joined(separator: ", ")))")
  }
}

extension [DICOMSeries] {
  /// Returns the FLAIR, or the series of this number.
  ///
  /// - Throws: A ``Problem`` of kind `badData` that lists the series, unless there is exactly one.
  package func chosen(number: Int?, of source: URL) throws -> DICOMSeries {
    func problem(_ what: String, _ series: [DICOMSeries], advice: String) -> Problem {
      let named = series.prefix(20).map(\.text).joined(separator: "; ")
      let more = series.count > 20 ? "; and \(series.count - 20) more" : ""
      return Problem(.badData, "\(what): \(named)\(more)", at: source.path, advice: advice)
    }
    let named = number.map { number in filter { $0.number == number } }
    if let named, let number, named.isEmpty {
      throw problem("there is no series \(number) among these", self, advice: "give one of these numbers")
    }
    if let named, named.count == 1 { return named[0] }
    let flairs = (named ?? self).filter(\.isFLAIR), originals = flairs.filter { !$0.isDerived }
    let candidates = originals.isEmpty ? (flairs.isEmpty ? named ?? [] : flairs) : originals
    if candidates.count == 1 { return candidates[0] }
    guard !candidates.isEmpty else {
      throw problem(
        "none of these series is a FLAIR by its name and parameters", self,
        advice: "if one is, choose it with --series NUMBER; "
          + "a FLAIR has an inversion time of 1.6 to 2.8 s and an echo time above 70 ms")
    }
    let isNumbered = Set(candidates.map(\.number)).count == candidates.count
    throw problem(
      "\(candidates.count) series may be the FLAIR", candidates,
      advice: isNumbered
        ? "choose one with --series NUMBER"
        : "give one of the converted files instead, such as \(candidates[0].image.path), "
          + "or a folder with one study")
  }
}

/// The fields of dcm2niix's sidecar that say what a series is; times in s.
private struct ConvertedSidecar: Decodable {
  var number: Int?
  var description = "", protocolName = "", modality = "MR"
  var imageType = [String]()
  var inversionTime, echoTime: Double?

  init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    // A field of an unexpected type is as good as none.
    func value<Value: Decodable>(_ key: CodingKeys) -> Value? {
      (try? values.decodeIfPresent(Value.self, forKey: key)) ?? nil
    }
    number = value(.number)
    (description, protocolName) = (value(.description) ?? "", value(.protocolName) ?? "")
    (modality, imageType) = (value(.modality) ?? "MR", value(.imageType) ?? [])
    (inversionTime, echoTime) = (value(.inversionTime), value(.echoTime))
  }

  private enum CodingKeys: String, CodingKey {
    case number = "SeriesNumber"
    case description = "SeriesDescription"
    case protocolName = "ProtocolName"
    case modality = "Modality"
    case imageType = "ImageType"
    case inversionTime = "InversionTime"
    case echoTime = "EchoTime"
  }
}
