import Base
public import Foundation
public import Tensors
public import Volumes

/// Brain extraction from raw FLAIR or T1-weighted scans: the largest component of the output of the MindGrab
/// network, with holes filled.
public struct BrainExtraction: Sendable {
  /// The voxel size of the input of the network.
  public enum Resolution: Double, Codable, Hashable, Sendable, CaseIterable {
    /// 2 mm: a few seconds per scan, less than 1 GB of memory.
    case standard = 2
    /// 1 mm, as in training: about five times slower, up to 4 GB of memory.
    case fine = 1
  }

  /// The voxel size of the input of the network.
  public let resolution: Resolution
  /// The SHA-256 of the file of weights.
  public let weightsDigest: String
  private let network: MeshNet

  /// Reads the weights (`net.safetensors` of brainchop).
  ///
  /// - Throws: A ``Problem`` of kind `missingLibrary` if they are missing, `badData` if they do not fit.
  public init(weights: URL, device: Device = .cpu, resolution: Resolution = .standard) throws {
    guard FileManager.default.fileExists(atPath: weights.path) else {
      throw Problem(
        .missingLibrary, "the weights of brain extraction are missing", at: weights.path,
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
        .badData, "the file does not contain the weights of brain extraction: \(error)", at: weights.path,
        advice: "delete the file and run Scripts/bootstrap")
    }
  }

  /// Extracts the brain.
  ///
  /// - Parameters:
  ///   - scan: A scan of the whole head in any orientation.
  ///   - name: The name of the scan in messages.
  /// - Returns: The brain mask on the grid of the scan, and remarks for the report.
  /// - Throws: A ``Problem`` if no head is found or the mask is not a plausible brain.
  public func extract(_ scan: Volume, name: String = "the scan") throws -> (mask: Mask, notes: [String]) {
    try Self.brain(in: scan, spacing: resolution.rawValue, name: name, logits: logits)
  }

  /// Extracts the brain with any function from the scaled head to the logits of brain on the same grid.
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
        advice: "check that the file contains a scan of a head")
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
        "the scan is only \(extent.min().formatted(fraction: 0)) mm thick; brain extraction needs a head",
        at: name,
        advice: "give a scan of at least \(minimumExtent.formatted(fraction: 0)) mm along each axis, "
          + "or a brain mask made by another program")
    }
  }

  /// The minimum extent along each axis in mm.
  private static let minimumExtent = 40.0
}
