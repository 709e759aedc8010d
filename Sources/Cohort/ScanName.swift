import Foundation

/// The parts of a scan's file name that say what it shows, for names that need not be BIDS names.
struct ScanName {
  /// The name in lower case without its extension and without entities that name another image, such as
  /// `space-T1w`.
  private let stem: String
  private let words: [Substring]

  init(_ url: URL) {
    let parts = Manifest.stem(url).lowercased().split(separator: "_")
    stem = parts.filter { part in !Self.references.contains { part.hasPrefix($0) } }.joined(separator: "_")
    words = stem.split { !$0.isLetter && !$0.isNumber }
  }

  /// Whether the name says FLAIR in any place and no other contrast.
  var isFLAIR: Bool {
    // A participant may be called T1.
    words.contains { $0.contains("flair") } && words.last?.contains("lesion") != true
      && Self.otherContrasts.isDisjoint(with: words.map(String.init)) && !words.dropFirst().contains("t1")
  }

  /// Whether the name is that of a mask or of labels.
  var isMask: Bool {
    words.last.map { $0.hasSuffix("mask") || Self.labels.contains(String($0.prefix(while: \.isLetter))) }
      == true
  }

  /// Whether the name is that of a phase, real or imaginary image, as dcm2niix names them.
  var isComplexPart: Bool { words.dropFirst().last.map { Self.complexParts.contains(String($0)) } == true }

  /// Whether the name is that of a map or mask of a derivative data set.
  var isDerivative: Bool { stem.contains("_desc-") }

  private static let otherContrasts: Set = [
    "t1w", "t1c", "t1ce", "t1gd", "t1n", "mprage", "dwi", "adc", "swi",
  ]
  private static let complexParts: Set = ["ph", "phase", "real", "imaginary"]
  private static let references = ["space-", "from-", "to-"]
  private static let labels: Set = ["seg", "dseg", "probseg", "label", "labels", "roi"]
}

/// Files that Norma itself wrote.
enum NormaOutput {
  /// Whether a file is a map, a mask or labels of Norma, or a scan that it preprocessed.
  static func contains(_ url: URL) -> Bool {
    let stem = Manifest.stem(url)
    if maps.contains(where: stem.hasSuffix) { return true }
    guard stem.contains("_desc-preproc_") else { return false }
    // Other programs use this name too.
    let sidecar = url.deletingLastPathComponent().appendingPathComponent("\(stem).json")
    guard let data = try? Data(contentsOf: sidecar) else { return false }
    return (try? JSONSerialization.jsonObject(with: data) as? [String: Any])?["NormaVersion"] != nil
  }

  /// The ends of the names of maps and masks.
  private static let maps = CaseFiles(caseID: "x").images.map {
    "_" + Manifest.stem(URL(fileURLWithPath: $0)).dropFirst("x_".count)
  }
}
