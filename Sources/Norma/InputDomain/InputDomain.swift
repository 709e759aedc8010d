import Base
import Foundation

/// What the scans looked like that a model was trained on, so that it can say when a scan looks otherwise.
public struct InputDomain: Codable, Hashable, Sendable {
  /// A property of scans with the range in which the training scans had it.
  public struct Range: Codable, Hashable, Sendable {
    /// Such as "slice distance".
    public let name: String
    /// Such as "mm"; empty for plain numbers.
    public let unit: String
    /// The smallest and largest value of the training scans.
    public let low, high: Double
  }

  /// A property of one scan beside its range.
  public struct Finding: Codable, Hashable, Sendable {
    /// The property and what the training scans had.
    public let range: Range
    /// What the scan has.
    public let value: Double
    /// Whether the model has seen such a scan.
    public let isInside: Bool
    /// Whose range it is.
    public var reference = "training scans"
  }

  /// How the brightness of a scan is distributed beside that of the training scans.
  public struct IntensityComparison: Codable, Sendable {
    /// Share of the brain in each bin of the model's input, from 0 up.
    public let scan, training: [Double]
    /// Width of a bin in units of the input.
    public let binWidth: Double
  }

  /// Scans behind the ranges.
  public let scans: Int
  /// Mean share of the brain in each bin of the model's input.
  let histogram: [Double]
  let ranges: [Range]

  /// Properties of the training scans; nil without any.
  init?(_ scans: [ScanProperties]) {
    guard !scans.isEmpty else { return nil }
    self.scans = scans.count
    let histogram = (0..<IntensityHistogram.binCount).map { bin in
      scans.reduce(0) { $0 + $1.histogram.shares[bin] } / Double(scans.count)
    }
    self.histogram = histogram
    ranges = ScanProperties.Name.allCases.compactMap { name in
      let values = scans.compactMap { $0.value(name, comparedWith: histogram) }
      guard let low = values.min(), let high = values.max() else { return nil }
      return Range(name: name.rawValue, unit: name.unit, low: low, high: high)
    }
  }

  func comparison(_ scan: ScanProperties) -> IntensityComparison {
    IntensityComparison(
      scan: scan.histogram.shares, training: histogram, binWidth: IntensityHistogram.binWidth)
  }

  /// Where a scan lies.
  func findings(_ scan: ScanProperties) -> [Finding] {
    ranges.compactMap { range in
      guard let name = ScanProperties.Name(rawValue: range.name),
        let value = scan.value(name, comparedWith: histogram)
      else { return nil }
      return Finding(range: range, value: value, isInside: name.isInside(value, range))
    }
  }
}

extension InputDomain.Finding {
  /// The finding as a sentence, with the number behind it.
  public var sentence: String {
    func text(_ value: Double) -> String {
      value.formatted(fraction: range.unit.isEmpty ? 3 : 1) + (range.unit.isEmpty ? "" : " \(range.unit)")
    }
    let seen = range.low == range.high ? text(range.low) : "\(text(range.low)) to \(text(range.high))"
    return isInside
      ? "\(range.name): \(text(value)), as in the \(reference) (\(seen))."
      : "Outside what the bundle has seen: \(range.name) \(text(value)), \(reference) \(seen). "
        + "The map may mean little here."
  }
}

/// What is looked at of one scan.
struct ScanProperties {
  enum Name: String, CaseIterable {
    case intensity = "distance of the intensity distribution"
    case pixel = "pixel size"
    case slice = "slice distance"

    var unit: String { self == .intensity ? "" : "mm" }

    /// Brightness may not lie farther away than that of any training scan; sizes may be half as large again.
    func isInside(_ value: Double, _ range: InputDomain.Range) -> Bool {
      switch self {
      case .intensity: value <= range.high
      case .pixel, .slice: (range.low / 1.5...range.high * 1.5).contains(value)
      }
    }
  }

  let histogram: IntensityHistogram
  /// mm; nil for an image without position.
  let pixelSize, sliceDistance: Double?

  /// Nil where the property is not known.
  func value(_ name: Name, comparedWith histogram: [Double]) -> Double? {
    switch name {
    case .intensity: self.histogram.distance(to: histogram)
    case .pixel: pixelSize
    case .slice: sliceDistance
    }
  }
}

/// How the brightness of a brain is distributed, on the model's scale.
struct IntensityHistogram {
  static let binCount = 60
  /// The largest input that a recipe makes.
  private static let top: Float = 1.5
  static var binWidth: Double { Double(top) / Double(binCount) }
  /// Sum 1.
  let shares: [Double]

  /// Counted where `brain` is 1; nil where it is 1 nowhere.
  init?(_ images: some Sequence<Float>, brain: some Sequence<Float>) {
    var counts = [Int](repeating: 0, count: Self.binCount), total = 0
    for (value, inside) in zip(images, brain) where inside != 0 {
      counts[min(max(Int(value / Self.top * Float(Self.binCount)), 0), Self.binCount - 1)] += 1
      total += 1
    }
    guard total > 0 else { return nil }
    shares = counts.map { Double($0) / Double(total) }
  }

  /// The earth mover's distance, in units of the input: how far brightness has to be moved on average.
  func distance(to other: [Double]) -> Double {
    var carried = 0.0, distance = 0.0
    for (own, there) in zip(shares, other) {
      carried += own - there
      distance += abs(carried)
    }
    return distance * Self.binWidth
  }
}
