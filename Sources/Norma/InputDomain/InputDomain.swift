import Base
import Foundation

/// The properties of the scans that a model was trained on, to tell when another scan differs from them.
public struct InputDomain: Codable, Hashable, Sendable {
  /// The range of a property over the training scans.
  public struct Range: Codable, Hashable, Sendable {
    /// The name of the property, such as "slice distance".
    public let name: String
    /// The unit, such as "mm"; empty for plain numbers.
    public let unit: String
    /// The smallest and the largest value.
    public let low, high: Double
  }

  /// A property of one scan compared with its range.
  public struct Finding: Codable, Hashable, Sendable {
    /// The property and its range.
    public let range: Range
    /// The value of the scan.
    public let value: Double
    /// Whether the model has seen such a scan.
    public let isInside: Bool
    /// The scans that the range is from.
    public var reference = "training scans"
  }

  /// The intensity distributions of a scan and of the training scans.
  public struct IntensityComparison: Codable, Sendable {
    /// The fraction of the brain in each bin of the model's input, from 0 up.
    public let scan, training: [Double]
    /// The width of a bin in units of the input.
    public let binWidth: Double
  }

  /// The number of training scans.
  public let scans: Int
  /// The mean fraction of the brain in each bin of the model's input.
  let histogram: [Double]
  let ranges: [Range]

  /// Gathers the properties of the training scans; nil without any.
  init?(_ scans: [ScanProperties]) {
    guard !scans.isEmpty else { return nil }
    self.scans = scans.count
    let histogram = (0..<IntensityHistogram.binCount).map { bin in
      scans.reduce(0) { $0 + $1.histogram.fractions[bin] } / Double(scans.count)
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
      scan: scan.histogram.fractions, training: histogram, binWidth: IntensityHistogram.binWidth)
  }

  /// Compares the known properties of a scan with their ranges.
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
  /// The finding as a sentence with its numbers.
  public var sentence: String {
    func text(_ value: Double) -> String {
      value.formatted(fraction: range.unit.isEmpty ? 3 : 1) + (range.unit.isEmpty ? "" : " \(range.unit)")
    }
    let seen = range.low == range.high ? text(range.low) : "\(text(range.low)) to \(text(range.high))"
    return isInside
      ? "\(range.name): \(text(value)), as in the \(reference) (\(seen))."
      : "Outside the range that the bundle knows: \(range.name) \(text(value)), \(reference) \(seen). "
        + "The map may be unreliable."
  }
}

/// The properties of one scan.
struct ScanProperties {
  enum Name: String, CaseIterable {
    case intensity = "distance of the intensity distribution"
    case pixel = "pixel size"
    case slice = "slice distance"

    var unit: String { self == .intensity ? "" : "mm" }

    /// Intensities may be as far from the mean distribution as those of a training scan; sizes may be half as
    /// large again, and pixels as fine as they like, since the model grid averages them.
    func isInside(_ value: Double, _ range: InputDomain.Range) -> Bool {
      switch self {
      case .intensity: value <= range.high
      case .pixel: value <= range.high * 1.5
      case .slice: (range.low / 1.5...range.high * 1.5).contains(value)
      }
    }
  }

  let histogram: IntensityHistogram
  /// The size and distance in mm; nil for an image without position.
  let pixelSize, sliceDistance: Double?

  /// The value of a property; nil where it is unknown.
  func value(_ name: Name, comparedWith histogram: [Double]) -> Double? {
    switch name {
    case .intensity: self.histogram.distance(to: histogram)
    case .pixel: pixelSize
    case .slice: sliceDistance
    }
  }
}

/// The intensity distribution of a brain on the model's scale.
struct IntensityHistogram {
  static let binCount = 60
  /// The largest input that a recipe makes.
  private static let top: Float = 1.5
  static var binWidth: Double { Double(top) / Double(binCount) }
  /// The fraction of the brain in each bin; their sum is 1.
  let fractions: [Double]

  /// Counts the pixels where `brain` is 1; nil without any.
  init?(_ images: some Sequence<Float>, brain: some Sequence<Float>) {
    var counts = [Int](repeating: 0, count: Self.binCount), total = 0
    for (value, inside) in zip(images, brain) where inside != 0 {
      counts[min(max(Int(value / Self.top * Float(Self.binCount)), 0), Self.binCount - 1)] += 1
      total += 1
    }
    guard total > 0 else { return nil }
    fractions = counts.map { Double($0) / Double(total) }
  }

  /// The earth mover's distance in units of the input: the average distance by which intensities have to
  /// move.
  func distance(to other: [Double]) -> Double {
    var carried = 0.0, distance = 0.0
    for (own, theirs) in zip(fractions, other) {
      carried += own - theirs
      distance += abs(carried)
    }
    return distance * Self.binWidth
  }
}
