import Base
public import Cohort
import StrictSettings
public import Foundation
public import Tensors
package import Volumes

/// Takes a scan as it is to one that can be scored: brain, bias field, place in the template.
///
/// What the scan brings along is not done again: a brain mask or a transform that is given wins, and a scan that
/// is stripped and lies in template space stays there. Weights and template are read when first needed.
public final class Preprocessor {
  /// What is done.
  public let settings: PreprocessingSettings
  /// Files that the steps need.
  public struct Resources: Sendable {
    /// Weights of the brain extraction; the template's folder.
    public let brainWeights, template: URL

    /// The files; they need not exist unless a step needs them.
    public init(brainWeights: URL, template: URL) {
      (self.brainWeights, self.template) = (brainWeights, template)
    }
  }

  private let resources: Resources
  private let skull: SkullState
  private let extraction: Deferred<BrainExtraction>
  private let contrast: Deferred<TissueContrast>
  private let registration: Deferred<TemplateRegistration>

  /// Steps by settings; `skull` says what the scans are, where it should not be told from them.
  public init(
    settings: PreprocessingSettings, resources: Resources, skull: SkullState = .auto, device: Device = .cpu
  ) {
    (self.settings, self.resources, self.skull) = (settings, resources, skull)
    extraction = Deferred {
      try BrainExtraction(
        weights: resources.brainWeights, device: device, resolution: settings.brainVoxelSize)
    }
    contrast = Deferred { try TissueContrast(folder: resources.template) }
    registration = Deferred {
      try TemplateRegistration(
        template: Template(folder: resources.template), settings: settings.registration)
    }
  }

  /// What is done, with the sums of the files it is done with.
  package private(set) lazy var key = PreprocessingKey(
    settings: settings, skull: skull, brainWeights: try? Digest.of(file: resources.brainWeights),
    template: try? Digest.of(file: TemplateFiles(folder: resources.template).url(.t1)))

  /// For a reader: what must be the same for all scans of a cohort, by name.
  package var facts: [String: String] {
    get throws { ["preprocessing": String(try key.digest().prefix(8)), "Norma": NormaVersion.current] }
  }

  /// Throws a ``Problem`` for a scan that cannot be used, or whose brain or place was not found.
  public func preprocess(_ scan: ScanCase) throws -> PreprocessedScan {
    let name = scan.image.path
    try FreeMemory().require(for: VolumeReader.readGeometry(scan.image), name: name)
    let volume = try VolumeReader.read(scan.image).finite(name: name)
    let check = InputCheck(volume, name: name)
    try check.requireAnatomy()
    let given = try scan.brainMask.map { try VolumeReader.readMask($0) }
    if scan.isPreprocessed, scan.templateTransform == nil {
      return prepared(volume, given, nil, scan.z, "the scan comes prepared")
    }
    if let transform = scan.templateTransform {
      return prepared(
        volume, given, try ITKTransformFile.read(transform), scan.z, "the scan comes with its transform")
    }
    if volume.isPlanar { return prepared(volume, given, nil, scan.z, "a single slice") }
    let isStripped = given == nil && (skull == .auto ? SkullState.seen(in: volume) : skull) == .absent
    if given == nil, !isStripped { try check.requireStack() }
    return try prepared(
      volume, brain: given, isStripped: isStripped,
      isPlaced: isStripped && TemplateSpace.holds(volume), name: name)
  }

  /// A scan that is used as it is.
  private func prepared(
    _ volume: Volume, _ brain: Mask?, _ toTemplate: Affine?, _ z: Double?, _ reason: String
  ) -> PreprocessedScan {
    var record = PreprocessingRecord(of: volume.geometry)
    for step in [StepName.brain, StepName.bias, StepName.template] { record.leftOut(step, reason) }
    return PreprocessedScan(
      volume: volume, brain: brain, toTemplate: toTemplate, z: z, record: record)
  }

  private func prepared(
    _ scan: Volume, brain given: Mask?, isStripped: Bool, isPlaced: Bool, name: String
  ) throws -> PreprocessedScan {
    var record = PreprocessingRecord(of: scan.geometry)
    let brain = try brain(in: scan, given: given, isStripped: isStripped, name: name, &record)
    guard brain.voxels.contains(1) else {
      throw Problem(.badData, "the brain mask is empty", at: name, advice: "give another mask, or none")
    }
    try brain.requireShape(of: scan, name: name)
    try scan.requireContrast(inside: brain, name: name)
    record.brainVolume = Double(brain.count) * brain.geometry.voxelVolume / 1000
    var volume = scan
    if settings.denoisingIterations > 0 {
      var flow = CurvatureFlowSettings()
      flow.iterations = settings.denoisingIterations
      volume = try CurvatureFlow(settings: flow).smooth(volume)
      record.did(StepName.denoising, "curvature flow, \(settings.denoisingIterations) iterations")
    }
    // The bias field takes one thread.
    if !isPlaced, settings.registers {
      registration.prefetch()
      contrast.prefetch()
    }
    volume = try correctingBias(of: volume, brain, &record)
    let toTemplate = try place(of: volume, brain, isPlaced: isPlaced, name: name, &record)
    return PreprocessedScan(
      volume: volume, brain: brain, toTemplate: toTemplate, z: nil, record: record,
      picture: try toTemplate.map { try picture(of: scan, brain: brain, toTemplate: $0) })
  }

  /// What shows whether brain and place were found.
  package func picture(of scan: Volume, brain: Mask, toTemplate: Affine) throws -> QualityPicture {
    try QualityPicture(
      scan, brain: brain, toTemplate: toTemplate, templateBrain: registration.get().template.mask)
  }

  private func brain(
    in scan: Volume, given: Mask?, isStripped: Bool, name: String, _ record: inout PreprocessingRecord
  ) throws -> Mask {
    if let given {
      record.leftOut(StepName.brain, "a brain mask is given")
      return given
    }
    if isStripped {
      record.leftOut(StepName.brain, "the scan is stripped: every non-zero voxel is brain")
      record.notes.append("The scan was taken as skull-stripped.")
      return try scan.nonZeroMask(name: name)
    }
    let (brain, notes) = try extraction.get().extract(scan, name: name)
    record.did(StepName.brain, "MindGrab at \(settings.brainVoxelSize.rawValue.formatted(fraction: 0)) mm")
    record.notes += notes
    return brain
  }

  private func correctingBias(
    of scan: Volume, _ brain: Mask, _ record: inout PreprocessingRecord
  ) throws -> Volume {
    guard settings.correctsBias else {
      record.leftOut(StepName.bias, "not asked for")
      return scan
    }
    let correction = BiasCorrection(settings: settings.biasCorrection)
    guard correction.isThickEnough(brain) else {
      record.leftOut(StepName.bias, showsTooLittle(correction.leastThickness))
      return scan
    }
    record.did(StepName.bias, "N4 in the brain")
    return try correction.correct(scan, brain: brain)
  }

  private func place(
    of scan: Volume, _ brain: Mask, isPlaced: Bool, name: String, _ record: inout PreprocessingRecord
  ) throws -> Affine? {
    guard !isPlaced else {
      record.leftOut(StepName.template, "the scan is stripped and lies in template space")
      return nil
    }
    guard settings.registers else {
      record.leftOut(StepName.template, "not asked for")
      return nil
    }
    guard brain.extent.min() >= Self.leastExtent else {
      record.leftOut(StepName.template, showsTooLittle(Self.leastExtent))
      return nil
    }
    let result = try registration.get().register(scan, brain: brain, name: name)
    record.did(StepName.template, "affine to MNI152NLin2009aSym")
    record.templateOverlap = result.overlap
    record.notes += result.notes
    record.greyToWhite = try contrast.get().greyToWhite(scan, brain: brain, toTemplate: result.toTemplate)
    return result.toTemplate
  }

  private func showsTooLittle(_ extent: Double) -> String {
    "the scan shows less than \(extent.formatted(fraction: 0)) mm of brain"
  }

  /// Along every axis, in mm: less does not tell where in the head it lies.
  private static let leastExtent = 60.0

  private enum StepName {
    static let brain = "brain extraction"
    static let denoising = "denoising"
    static let bias = "bias correction"
    static let template = "registration"
  }
}

extension Mask {
  /// How far the set voxels reach along the world's axes, in mm.
  fileprivate var extent: SIMD3<Double> {
    let bounds = Orientation(of: geometry).apply(self).worldBounds
    return bounds.last - bounds.first
  }
}
