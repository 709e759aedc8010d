import Base
package import Cohort
public import Volumes

/// A scan that can be scored, on the scanner's own grid.
public struct PreprocessedScan: Sendable {
  /// The scan, its bias field divided out where that was asked for.
  public let volume: Volume
  /// The brain; nil when every non-zero voxel is brain.
  public let brain: Mask?
  /// World mm of the scan to world mm of the template; nil where the scan was not registered.
  public let toTemplate: Affine?
  /// Template-space z in mm of an image without position.
  public let z: Double?
  /// What was done.
  public let record: PreprocessingRecord
  /// What shows whether brain and place were found; nil where nothing was looked for.
  public var picture: QualityPicture?
}

extension PreprocessedScan {
  /// A scan with what it brings along and nothing done.
  package init(asItIs scan: ScanCase) throws {
    let volume = try VolumeReader.read(scan.image)
    self.init(
      volume: volume,
      brain: try scan.brainMask.map { try VolumeReader.readMask($0) },
      toTemplate: try scan.templateTransform.map { try ITKTransformFile.read($0) }, z: scan.z,
      record: PreprocessingRecord(of: volume.geometry))
  }
}

/// What preprocessing did to one scan, in the order it was done.
public struct PreprocessingRecord: Codable, Hashable, Sendable {
  /// One step.
  public struct Step: Codable, Hashable, Sendable {
    /// Such as "brain extraction".
    public let name: String
    /// How it was done, or why it was left out.
    public let detail: String
    /// Whether it was done.
    public let isDone: Bool
  }

  /// The scan's axes, voxel size in mm and shape, such as "LAS, 0.72 x 0.72 x 4.00 mm, 320 x 320 x 36 voxels".
  public internal(set) var grid = ""
  /// The steps, those left out as well.
  public private(set) var steps = [Step]()
  /// What the reader should know, in sentences.
  public internal(set) var notes = [String]()
  /// The brain in mL; nil where no mask was made or given.
  public internal(set) var brainVolume: Double?
  /// Dice of the brain and the registered template's; nil where the scan was not registered.
  public internal(set) var templateOverlap: Double?
  /// Median brightness of grey over that of white matter; nil where the scan was not registered.
  public internal(set) var greyToWhite: Double?

  mutating func did(_ name: String, _ detail: String) {
    steps.append(Step(name: name, detail: detail, isDone: true))
  }

  mutating func leftOut(_ name: String, _ reason: String) {
    steps.append(Step(name: name, detail: reason, isDone: false))
  }

  private enum CodingKeys: String, CodingKey {
    case grid = "Grid"
    case steps = "Steps"
    case notes = "Notes"
    case brainVolume = "BrainVolumeML"
    case templateOverlap = "TemplateOverlap"
    case greyToWhite = "GreyToWhite"
  }
}

extension PreprocessingRecord.Step {
  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case detail = "Detail"
    case isDone = "Done"
  }
}

extension PreprocessingRecord {
  /// Of a scan on this grid.
  package init(of geometry: Geometry) {
    let size = (0..<3).map { geometry.spacing[$0].formatted(fraction: 2) }.joined(separator: " x ")
    let shape = geometry.shape.map(String.init).joined(separator: " x ")
    grid = "\(geometry.axisCodes)\(geometry.isOblique ? ", oblique" : ""), \(size) mm, \(shape) voxels"
  }
}
