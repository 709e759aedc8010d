import Base
public import Foundation
public import Tensors
public import Volumes

/// Finds the brain in a raw scan of the head, FLAIR or T1-weighted: MindGrab's network, its largest component, holes
/// filled.
public struct BrainExtraction: Sendable {
  /// The voxels that the network sees.
  public enum Resolution: Double, Codable, Hashable, Sendable, CaseIterable {
    /// 2 mm: seconds a scan, below 1 GB.
    case standard = 2
    /// 1 mm, as the network was trained: some five times slower, up to 4 GB.
    case fine = 1
  }

  /// The voxels that the network sees.
  public let resolution: Resolution
  /// SHA-256 of the file of weights.
  public let weightsDigest: String
  private let network: MeshNet

  /// Reads the weights (brainchop's `net.safetensors`); throws a ``Problem`` where they are missing or do not fit.
  public init(weights: URL, device: Device = .cpu, resolution: Resolution = .standard) throws {
    guard FileManager.default.fileExists(atPath: weights.path) else {
      throw Problem(
        .missingLibrary, "the weights of the brain extraction are missing", at: weights.path,
        advice: "run Scripts/bootstrap, which fetches them")
    }
    self.resolution = resolution
    weightsDigest = try Digest.of(file: weights)
    do {
      network = try MeshNet(
        weights: Safetensors.read(weights).tensors,
        dilations: MeshNet.dilations(spacing: resolution.rawValue), device: device)
    } catch let error as ParameterError {
      throw Problem(
        .badData, "these are no weights of the brain extraction: \(error)", at: weights.path,
        advice: "delete the file and run Scripts/bootstrap")
    }
  }

  /// The brain on the scan's own grid, and what the reader should know. Throws a ``Problem`` for what is no head or
  /// has a mask that cannot be a brain; `name` stands in its message.
  public func extract(
    _ scan: Volume, name: String = "the scan"
  ) throws -> (mask: Mask, notes: [String]) {
    try Self.brain(in: scan, spacing: resolution.rawValue, name: name, logits: logits)
  }

  /// Everything but the network: `logits` takes the scaled head on its grid and gives the brain's logits there.
  static func brain(
    in scan: Volume, spacing: Double, name: String, logits: (Volume) throws -> [Float]
  ) throws -> (mask: Mask, notes: [String]) {
    try requireExtent(scan, name: name)
    let orientation = Orientation(of: scan.geometry)
    let canonical = orientation.apply(scan).map { $0.isFinite ? max($0, 0) : 0 }
    guard let grid = HeadGrid.around(canonical, spacing: spacing),
      let head = HeadGrid.scaled(try Resample.linear(canonical, to: grid))
    else {
      throw Problem(
        .badData, "no head stands out from the background", at: name,
        advice: "check that the file holds a scan of a head")
    }
    let isBrain = try logits(Volume(geometry: grid, voxels: head)).map { $0 > 0 ? UInt8(1) : 0 }
    let brain = Mask(geometry: grid, voxels: isBrain).largestComponent().fillingHoles()
    let onScan = try Resample.nearest(brain, to: canonical.geometry)
    let notes = try BrainPlausibility(of: onScan).notes(name: name)
    let voxels = orientation.inverse().apply(onScan).voxels
    return (Mask(geometry: scan.geometry, voxels: voxels, header: scan.header), notes)
  }

  private func logits(_ head: Volume) throws -> [Float] {
    let tensor = try Tensor(head.voxels, shape: head.shape.reversed())
    return try network(tensor, wholeCount: HeadGrid.wholeCount(head.geometry)).values()
  }

  private static func requireExtent(_ scan: Volume, name: String) throws {
    let shape = SIMD3<Double>(SIMD3(scan.shape))
    let extent = shape * scan.geometry.spacing
    guard extent.min() >= minimumExtent else {
      throw Problem(
        .badData,
        "the scan is a slab of \(extent.min().formatted(fraction: 0)) mm; brain extraction needs a head",
        at: name,
        advice: "give a scan of \(minimumExtent.formatted(fraction: 0)) mm or more along every axis, "
          + "or a brain mask made otherwise")
    }
  }

  /// Along every axis, in mm.
  private static let minimumExtent = 40.0
}
