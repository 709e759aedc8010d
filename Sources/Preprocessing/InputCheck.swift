import Base
import Volumes

/// A check that rejects volumes that are not anatomical head scans.
struct InputCheck {
  private let scan: Volume
  private let name: String

  init(_ scan: Volume, name: String) { (self.scan, self.name) = (scan, name) }

  /// Throws a ``Problem`` if position, intensities or slice distance are not those of an anatomical scan.
  func requireAnatomy() throws {
    guard !scan.isPlanar else { return }
    if let header = scan.header, !header.hasPlace {
      throw Problem(
        .badData, "the header does not contain the orientation of the scan (qform and sform are unset)",
        at: name,
        advice: "convert the scan again with dcm2niix, or set the sform; left and right cannot be guessed")
    }
    let extent = (SIMD3<Double>(SIMD3(scan.shape)) * scan.geometry.spacing).max()
    guard Self.extents.contains(extent) else {
      throw Problem(
        .badData,
        "the scan is \(extent.formatted(fraction: extent < 1 ? 3 : 0)) mm long: its voxel size is not in mm",
        at: name, advice: "convert the scan again with dcm2niix, or repair the voxel size and the affine")
    }
    guard !isWrapped else {
      throw Problem(
        .badData, "bright voxels are negative: they exceeded the range of a 16-bit number", at: name,
        advice: "convert the scan again with dcm2niix, or save it as float32")
    }
    guard !hasCTNumbers else {
      throw Problem(
        .badData, "the scan has air near -1000 and tissue near 0, which look like CT numbers",
        at: name, advice: "give a FLAIR scan; bundles are trained on MR scans only")
    }
    let thickness = scan.geometry.spacing.max()
    guard thickness <= Self.maximumDistance else {
      throw Problem(
        .badData,
        "the slices are \(thickness.formatted(fraction: 1)) mm apart, more than "
          + "\(Self.maximumDistance.formatted(fraction: 0)) mm", at: name,
        advice: "give a scan with thinner slices; these miss most of the brain")
    }
  }

  /// Throws a ``Problem`` if the stack has too few slices for brain extraction.
  func requireStack() throws {
    let count = scan.shape.min() ?? 0
    guard count >= Self.minimumSlices else {
      throw Problem(
        .badData, "the scan has only \(count) slices; it may be a localiser or part of a scan", at: name,
        advice: "give the complete scan, or a brain mask made by another program")
    }
  }

  /// Remarks about the header and about lost slices, in sentences.
  var notes: [String] {
    let count = emptySlices
    return [
      scan.header?.contradiction,
      count == 0
        ? nil
        : "\(count == 1 ? "1 slice" : "\(count) slices") between others \(count == 1 ? "is" : "are") empty: "
          + "the scan does not show all of the brain.",
    ].compactMap { $0 }
  }

  /// The number of slices of one value between others, along the axis with most of them.
  private var emptySlices: Int {
    let shape = scan.shape
    var lowest = shape.map { [Float](repeating: .infinity, count: $0) }
    var highest = shape.map { [Float](repeating: -.infinity, count: $0) }
    var index = 0
    for k in 0..<shape[2] {
      for j in 0..<shape[1] {
        for i in 0..<shape[0] {
          let value = scan.voxels[index]
          for (axis, place) in [(0, i), (1, j), (2, k)] {
            lowest[axis][place] = min(lowest[axis][place], value)
            highest[axis][place] = max(highest[axis][place], value)
          }
          index += 1
        }
      }
    }
    return (0..<3).map { axis in
      let full = shape[axis] == 1 ? [] : (0..<shape[axis]).filter { lowest[axis][$0] < highest[axis][$0] }
      return full.isEmpty ? 0 : full[full.count - 1] - full[0] + 1 - full.count
    }.max() ?? 0
  }

  /// Whether neighbours differ by most of the range of a 16-bit number, as they do where voxels beyond that range
  /// became negative. The lowest number is often that of padding.
  private var isWrapped: Bool {
    guard let header = scan.header, header.datatype == .int16, header.intercept == 0 else { return false }
    let slope = Float(abs(header.slope)), width = scan.shape[0]
    let (jump, padding) = (Self.wrappingJump * slope, Float(Int16.min) * slope)
    let count = scan.voxels.indices.dropFirst().count { index in
      guard index % width != 0 else { return false }
      let (a, b) = (scan.voxels[index - 1], scan.voxels[index])
      return abs(a - b) > jump && min(a, b) > padding
    }
    return count >= Self.minimumJumps
  }

  /// Whether many voxels have the CT number of air and most others one of soft tissue. The minimum alone does
  /// not tell, since interpolation undershoots.
  private var hasCTNumbers: Bool {
    var (air, softTissue, other) = (0, 0, 0)
    for value in scan.voxels {
      switch value {
      case -1100 ... -900: air += 1
      case -200...200: softTissue += 1
      case -900 ... .infinity: other += 1
      default: break
      }
    }
    return Double(air) >= Self.minimumAir * Double(scan.voxels.count) && softTissue > other
  }

  /// The lengths in mm that the largest side of a scan can have.
  private static let extents = 20.0...2000.0
  /// Three quarters of the range of a 16-bit number.
  private static let wrappingJump: Float = 49_152
  private static let minimumJumps = 10
  /// The minimum fraction of air in a CT scan.
  private static let minimumAir = 0.05
  /// The maximum distance between slices in mm.
  private static let maximumDistance = 10.0
  private static let minimumSlices = 4
}
