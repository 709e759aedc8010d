import Base
import Volumes

/// The zero of the intensities of a scan: the constant value around the head or brain, and how far the
/// intensities are below zero, as after a z-score.
///
/// All steps take 0 for background and positive values for tissue: bias correction and registration take
/// logarithms and ratios.
struct IntensityOrigin {
  /// The value that surrounds the head or brain exactly; nil for air with noise.
  let background: Float?
  /// The value that is added to all others; nil if none is needed.
  let shift: Float?

  /// Finds the origin of a scan without NaN.
  init(of scan: Volume) {
    let background = Self.background(of: scan)
    // Some 100,000 voxels are enough for quantiles.
    let tissue = stride(from: 0, to: scan.voxels.count, by: max(1, scan.voxels.count / 100_000))
      .map { scan.voxels[$0] }.filter { $0 != background }
    // A constant image has no background.
    self.background = tissue.isEmpty ? nil : background
    guard !tissue.isEmpty else {
      shift = nil
      return
    }
    func quantile(_ fraction: Double) -> Float {
      var values = tissue
      return RobustStatistics.quantile(fraction, of: &values)
    }
    let lowest = quantile(0.001)
    let isNegative = quantile(0.05) < -Self.undershoot * quantile(0.95)
    if let background, background < 0, background > -quantile(0.99) {
      // The background was 0 before something was subtracted.
      shift = -background
    } else {
      shift = isNegative ? -lowest : nil
    }
  }

  /// Returns the scan with background 0 and positive tissue.
  func applied(to scan: Volume) -> Volume {
    guard shift != nil || background != nil && background != 0 else { return scan }
    // Tissue is never taken for background.
    let least = background == nil ? 0 : Float.leastNormalMagnitude
    return scan.map { value in
      if value == background { return 0 }
      return shift.map { max(value + $0, least) } ?? value
    }
  }

  /// What was done, for the record; nil if nothing was.
  var detail: String? {
    if let shift {
      let added = Double(shift).formatted(fraction: 2)
      return background.map { $0 < 0 } == true
        ? "\(added) was added: the background was negative"
        : "\(added) was added: the intensities were centred on zero"
    }
    guard let background, background != 0 else { return nil }
    return "the background of \(Double(background).formatted(fraction: 2)) was set to 0"
  }

  /// The value that most corners share and that fills a part of the scan.
  private static func background(of scan: Volume) -> Float? {
    let corners = (0..<8).map { corner in
      let place = (0..<3).map { corner >> $0 & 1 == 0 ? 0 : scan.shape[$0] - 1 }
      return scan[place[0], place[1], place[2]]
    }
    guard let value = corners.first(where: { value in corners.count { $0 == value } >= 5 }) else {
      return nil
    }
    let count = scan.voxels.count { $0 == value }
    return Double(count) >= minimumBackground * Double(scan.voxels.count) ? value : nil
  }

  /// The minimum fraction of the voxels that have the value of the background.
  private static let minimumBackground = 0.05
  /// The fraction of the high intensities up to which negative ones are undershoot of an interpolation.
  private static let undershoot: Float = 0.1
}
