import Base

/// What a check of a scanner found in one scan.
public struct ScannerCheckResult: Codable, Hashable, Sendable {
  /// The number of regions before painting.
  public let regionsBefore: Int
  /// Their volume in mL.
  public let volumeBeforeML: Double
  /// The volume of the brain that was scored, in mL.
  public let scoredVolumeML: Double
  /// The number of regions after painting, of all rounds, that are neither painted nor were there before.
  public let otherRegions: Int
  /// The painted lesions.
  public let lesions: [PaintedLesion]
  /// Remarks for the reader, in sentences.
  public let notes: [String]
}

/// How many of a group of painted lesions were found.
public struct ScannerCheckSensitivity: Codable, Hashable, Sendable {
  /// The diameter in mm and the contrast that the lesions have in common; nil for all.
  public private(set) var diameter, contrast: Double?
  /// The place that they have in common; nil for all.
  public private(set) var place: Place?
  /// The number of lesions.
  public let painted: Int
  /// The number of lesions that share a voxel with a region.
  public let found: Int
  /// `found / painted`.
  public let sensitivity: Double
  /// The 95 % interval of Wilson (1927) of the sensitivity, as if the lesions were independent.
  public let interval: [Double]
  /// The median of found through painted volume among the found; nil without any.
  public let volumeRatio: Double?
  /// The fraction of the found whose region has the place in which the lesion was painted; nil without any.
  public let placeAgreement: Double?

  private init?(of lesions: [PaintedLesion]) {
    guard !lesions.isEmpty else { return nil }
    let hits = lesions.compactMap { lesion in lesion.found.map { (lesion, $0) } }
    (painted, found) = (lesions.count, hits.count)
    let n = Double(painted), p = Double(found) / n, z = 1.959964, square = z * z / n
    let middle = (p + square / 2) / (1 + square)
    let half = z * (p * (1 - p) / n + square / (4 * n)).squareRoot() / (1 + square)
    (sensitivity, interval) = (p, [max(middle - half, 0), min(middle + half, 1)])
    let ratios = hits.map { $1.volumeMM3 / $0.volumeMM3 }.sorted()
    volumeRatio = ratios.isEmpty ? nil : ratios.quantile(0.5)
    placeAgreement = hits.isEmpty ? nil : Double(hits.count { $0.place == $1.place }) / Double(hits.count)
  }

  /// The sensitivity for all lesions, by diameter and contrast, by diameter, by contrast and by place.
  static func table(of lesions: [PaintedLesion]) -> [ScannerCheckSensitivity] {
    func groups(_ keys: (PaintedLesion) -> (Double?, Double?, Place?)) -> [ScannerCheckSensitivity] {
      let all = Dictionary(grouping: lesions) { lesion in
        let (diameter, contrast, place) = keys(lesion)
        return Key(diameter: diameter, contrast: contrast, place: place)
      }
      return all.keys.sorted().compactMap { key in
        guard var row = ScannerCheckSensitivity(of: all[key] ?? []) else { return nil }
        (row.diameter, row.contrast, row.place) = (key.diameter, key.contrast, key.place)
        return row
      }
    }
    return groups { _ in (nil, nil, nil) } + groups { ($0.diameter, nil, nil) }
      + groups { (nil, $0.contrast, nil) } + groups { (nil, nil, $0.place) }
      + groups { ($0.diameter, $0.contrast, nil) }
  }

  private struct Key: Hashable, Comparable {
    let diameter, contrast: Double?
    let place: Place?

    static func < (a: Key, b: Key) -> Bool {
      func numbers(_ key: Key) -> (Double, Double, Int) {
        (key.diameter ?? 0, key.contrast ?? 0, key.place.flatMap(Place.allCases.firstIndex) ?? -1)
      }
      return numbers(a) < numbers(b)
    }
  }
}
