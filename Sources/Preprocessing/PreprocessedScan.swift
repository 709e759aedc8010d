import Base
package import Cohort
import Foundation
public import Volumes

/// A preprocessed scan on its own grid.
public struct PreprocessedScan: Sendable {
  /// The scan, divided by its bias field if that was requested.
  public let volume: Volume
  /// The brain mask; nil if every non-zero voxel is brain.
  public let brain: Mask?
  /// The map from world mm of the scan to world mm of the template; nil if the scan was not registered.
  public let toTemplate: Affine?
  /// The template-space z in mm of an image without position.
  public let z: Double?
  /// The steps and what they found.
  public internal(set) var record: PreprocessingRecord
  /// The picture for quality control; nil if the scan was not registered.
  public var picture: QualityPicture?

  /// The map from world mm of the scan to world mm of the template, the identity for a scan that is in template space;
  /// nil if its place there is unknown.
  package var worldToTemplate: Affine? { toTemplate ?? (record.isInTemplateSpace == true ? .identity : nil) }
}

extension PreprocessedScan {
  /// Returns the scan with other intensities on its grid.
  package func with(volume: Volume) -> PreprocessedScan {
    PreprocessedScan(
      volume: volume, brain: brain, toTemplate: toTemplate, z: z, record: record, picture: picture)
  }

  /// Reads a scan with its mask and transform, without any processing.
  package init(asItIs scan: ScanCase) throws {
    let volume = try VolumeReader.read(scan.image)
    let brain = try scan.readBrainMask()
    var record = PreprocessingRecord(of: volume.geometry)
    record.notes += [brain?.note].compactMap { $0 }
    self.init(
      volume: volume, brain: brain?.mask,
      toTemplate: try scan.templateTransform.map { try ITKTransformFile.read($0) }, z: scan.z, record: record)
  }
}

/// The record of the preprocessing of one scan.
public struct PreprocessingRecord: Codable, Hashable, Sendable {
  /// A step.
  public struct Step: Codable, Hashable, Sendable {
    /// The name, such as "brain extraction".
    public let name: String
    /// The way it was done, or the reason why it was skipped.
    public let detail: String
    /// True if the step was done, false if it was skipped.
    public let isDone: Bool

    private enum CodingKeys: String, CodingKey {
      case name = "Name"
      case detail = "Detail"
      case isDone = "Done"
    }
  }

  /// The axes, voxel size and shape of the scan, such as "LAS, 0.72 x 0.72 x 4.00 mm, 320 x 320 x 36 voxels".
  public internal(set) var grid = ""
  /// The steps in order, including skipped ones.
  public private(set) var steps = [Step]()
  /// Remarks for the report, in sentences.
  public internal(set) var notes = [String]()
  /// The brain volume in mL; nil without a mask.
  public internal(set) var brainVolume: Double?
  /// The Dice overlap of the brain and the registered template's; nil if the scan was not registered.
  public internal(set) var templateOverlap: Double?
  /// The ratios of the median intensities of grey matter and fluid to that of white matter; nil if the scan
  /// is not in template space.
  public internal(set) var greyToWhite, fluidToWhite: Double?
  /// How the T1w of the scan fits it; nil without one.
  public internal(set) var t1w: T1wRecord?
  /// Whether a skull-stripped scan was found in template space; nil if this was not decided.
  package internal(set) var isInTemplateSpace: Bool?

  mutating func addDone(_ name: String, _ detail: String) {
    steps.append(Step(name: name, detail: detail, isDone: true))
  }

  mutating func addSkipped(_ name: String, _ reason: String) {
    steps.append(Step(name: name, detail: reason, isDone: false))
  }

  private enum CodingKeys: String, CodingKey {
    case grid = "Grid"
    case steps = "Steps"
    case notes = "Notes"
    case brainVolume = "BrainVolumeML"
    case templateOverlap = "TemplateOverlap"
    case greyToWhite = "GreyToWhite"
    case fluidToWhite = "FluidToWhite"
    case t1w = "T1w"
    case isInTemplateSpace = "InTemplateSpace"
  }
}

extension PreprocessingRecord {
  /// Creates the record of a scan on this grid, without steps.
  package init(of geometry: Geometry) {
    let size = (0..<3).map { geometry.spacing[$0].formatted(fraction: 2) }.joined(separator: " x ")
    let shape = geometry.shape.map(String.init).joined(separator: " x ")
    grid = "\(geometry.axisCodes)\(geometry.isOblique ? ", oblique" : ""), \(size) mm, \(shape) voxels"
  }
}
