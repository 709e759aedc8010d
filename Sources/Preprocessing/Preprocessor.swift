import Base
public import Cohort
public import Foundation
public import Tensors
package import Volumes

/// Preprocessing of raw scans: brain extraction, bias field correction, registration to the template.
///
/// A given brain mask or transform replaces its step, and a skull-stripped scan in template space is not
/// registered. Weights and template are read on first use; copies share them.
public struct Preprocessor: Sendable {
  /// The settings of the steps.
  public let settings: PreprocessingSettings
  /// The files that the steps need.
  public struct Resources: Sendable {
    /// The weights of brain extraction, and the folder of the template.
    public let brainWeights, template: URL

    /// Creates the paths. The files must exist only if a step needs them.
    public init(brainWeights: URL, template: URL) {
      (self.brainWeights, self.template) = (brainWeights, template)
    }
  }

  /// Gets the name of each step that takes long, before it begins, on the thread that preprocesses.
  nonisolated(unsafe) package var onStep: (String) -> Void = { _ in }

  private let skull: SkullState
  private let extraction: Deferred<BrainExtraction>
  let template: Deferred<Template>
  private let contrast: Deferred<TissueContrast>
  private let registration: Deferred<TemplateRegistration>
  private let checksums: Deferred<PreprocessingKey>

  /// Creates a preprocessor. `skull` overrides automatic detection; `device` runs brain extraction.
  public init(
    settings: PreprocessingSettings, resources: Resources, skull: SkullState = .auto, device: Device = .cpu
  ) {
    (self.settings, self.skull) = (settings, skull)
    extraction = Deferred {
      try BrainExtraction(
        weights: resources.brainWeights, device: device, resolution: settings.brainVoxelSize)
    }
    let template = Deferred { try Template(folder: resources.template) }
    self.template = template
    contrast = Deferred { try TissueContrast(folder: resources.template, brain: template.get().mask) }
    registration = Deferred {
      try TemplateRegistration(template: template.get(), settings: settings.registration)
    }
    checksums = Deferred {
      PreprocessingKey(
        settings: settings, skull: skull, brainWeights: try? Digest.of(file: resources.brainWeights),
        template: try? Digest.of(file: TemplateFiles(folder: resources.template).url(.t1)))
    }
  }

  /// The settings and the checksums of the files.
  package var key: PreprocessingKey { get throws { try checksums.get() } }

  /// The facts for a report that must be equal for all scans of a cohort, by name.
  package var facts: [String: String] {
    get throws { ["preprocessing": String(try key.digest().prefix(8)), "Norma": NormaVersion.current] }
  }

  /// Preprocesses a scan.
  ///
  /// - Parameter scan: The case; its brain mask and transform, if given, replace the steps that find them.
  /// - Returns: The scan on its own grid, with brain mask and map to the template.
  /// - Throws: A ``Problem`` if the scan is unusable, or if extraction or registration fails.
  public func preprocess(_ scan: ScanCase) throws -> PreprocessedScan { try preprocess(scan, skull: skull) }

  func preprocess(_ scan: ScanCase, skull: SkullState) throws -> PreprocessedScan {
    let geometry = try VolumeReader.readGeometry(scan.image)
    try FreeMemory().require(for: geometry, name: scan.image.path)
    try geometry.requireAxialSlice(name: scan.image.path)
    let brain = try scan.readBrainMask()
    let volume = try VolumeReader.read(scan.image).finite(name: scan.image.path)
    let check = InputCheck(volume, name: scan.image.path)
    try check.requireAnatomy()
    var preprocessed = try preprocess(scan, volume, check, brain: brain?.mask, skull: skull)
    preprocessed.record.notes += check.notes + [brain?.note].compactMap { $0 }
    return preprocessed
  }

  private func preprocess(
    _ scan: ScanCase, _ volume: Volume, _ check: InputCheck, brain given: Mask?, skull: SkullState
  ) throws -> PreprocessedScan {
    let name = scan.image.path
    if scan.isPreprocessed, scan.templateTransform == nil {
      return unchanged(scan, volume, given, nil, "the scan is already preprocessed")
    }
    if let transform = scan.templateTransform {
      return unchanged(scan, volume, given, try ITKTransformFile.read(transform), "the scan has a transform")
    }
    if volume.isPlanar {
      let slice = try PlanarSlice(volume, brain: given, z: scan.z, name: name)
      var result = unchanged(scan, slice.image, given, nil, "the image is a single slice")
      result.record.notes += slice.notes
      return result
    }
    let origin = IntensityOrigin(of: volume)
    return try processed(
      origin.applied(to: volume), origin, brain: given, t1w: scan.t1w, skull: skull, check, name: name)
  }

  /// Returns a scan without any processing.
  private func unchanged(
    _ scan: ScanCase, _ volume: Volume, _ brain: Mask?, _ toTemplate: Affine?, _ reason: String
  ) -> PreprocessedScan {
    var record = PreprocessingRecord(of: volume.geometry)
    for step in [StepName.brain, StepName.bias, StepName.template] { record.addSkipped(step, reason) }
    if let t1w = scan.t1w { record.addUnused(t1w, reason) }
    return PreprocessedScan(volume: volume, brain: brain, toTemplate: toTemplate, z: scan.z, record: record)
  }

  private func processed(
    _ scan: Volume, _ origin: IntensityOrigin, brain given: Mask?, t1w: URL?, skull: SkullState,
    _ check: InputCheck, name: String
  ) throws -> PreprocessedScan {
    var record = PreprocessingRecord(of: scan.geometry)
    if let detail = origin.detail { record.addDone(StepName.intensity, detail) }
    let isStripped = isStripped(scan, brain: given, skull)
    if given == nil, !isStripped { try check.requireStack() }
    var brain = try brain(in: scan, given: given, isStripped: isStripped, name: name, &record)
    guard brain.voxels.contains(1) else {
      throw Problem(.badData, "the brain mask is empty", at: name, advice: "give another mask or none")
    }
    try scan.requireContrast(inside: brain, name: name)
    let second = try t1w.flatMap { try register($0, to: scan, brain, &record) }
    if let second, given == nil, !isStripped { brain = second.brain }
    record.brainVolume = Double(brain.count) * brain.geometry.voxelVolume / 1000
    record.notes += [scan.cutOffNote(inside: brain)].compactMap { $0 }
    var volume = scan
    if settings.denoisingIterations > 0 {
      var flow = CurvatureFlowSettings()
      flow.iterations = settings.denoisingIterations
      volume = try CurvatureFlow(settings: flow).smooth(volume)
      record.addDone(StepName.denoising, "curvature flow, \(settings.denoisingIterations) iterations")
    }
    // Nor is a slab registered, so that its place has to be known.
    let isInTemplateSpace = try (isStripped || brain.isSlab) && isInTemplateSpace(scan, brain)
    record.isInTemplateSpace = isInTemplateSpace
    // Bias correction uses one thread only.
    if !isInTemplateSpace, settings.registers {
      if second?.place == nil { registration.prefetch() }
      contrast.prefetch()
    }
    volume = try correctingBias(of: volume, brain, &record)
    let toTemplate = try register(
      volume, brain, isInTemplateSpace, second?.place, name: name, &record)
    if isInTemplateSpace || toTemplate != nil, let contrast = try? contrast.get() {
      let ratios = try contrast.ratios(volume, brain: brain, toTemplate: toTemplate ?? .identity)
      (record.greyToWhite, record.fluidToWhite) = (ratios?.greyToWhite, ratios?.fluidToWhite)
    }
    return PreprocessedScan(
      volume: volume, brain: brain, toTemplate: toTemplate, z: nil, record: record,
      picture: try toTemplate.map { try picture(of: scan, brain: brain, toTemplate: $0) })
  }

  /// Returns true if there is nothing but background outside the brain. A given mask of a stripped scan makes
  /// no difference.
  private func isStripped(_ scan: Volume, brain: Mask?, _ skull: SkullState) -> Bool {
    guard skull == .auto else { return skull == .absent }
    guard let brain else { return SkullState.detected(in: scan) == .absent }
    return zip(scan.voxels, brain.voxels).allSatisfy { $1 != 0 || $0 <= 0 }
  }

  /// Returns true if a brain is where the template's is. Without the template, the faces of the brain
  /// decide.
  private func isInTemplateSpace(_ scan: Volume, _ brain: Mask) throws -> Bool {
    guard let template = try? template.get() else { return TemplateSpace.holds(scan) }
    return try TemplateAgreement(scan, brain: brain, template: template).isInPlace
  }

  /// Returns the picture for quality control.
  package func picture(of scan: Volume, brain: Mask, toTemplate: Affine) throws -> QualityPicture {
    try QualityPicture(
      scan, brain: brain, toTemplate: toTemplate, templateBrain: template.get().mask)
  }

  private func brain(
    in scan: Volume, given: Mask?, isStripped: Bool, name: String, _ record: inout PreprocessingRecord
  ) throws -> Mask {
    if let given {
      record.addSkipped(StepName.brain, "the scan has a brain mask")
      return given
    }
    if isStripped {
      record.addSkipped(StepName.brain, "the scan is skull-stripped: every non-zero voxel is brain")
      record.notes.append("The scan was treated as skull-stripped.")
      // Negative voxels are undershoot of an interpolation.
      return try scan.map { max($0, 0) }.nonZeroMask(name: name)
    }
    onStep(StepName.brain)
    let (brain, notes) = try extraction.get().extract(scan, name: name)
    record.addDone(
      StepName.brain, "MindGrab at \(settings.brainVoxelSize.rawValue.formatted(fraction: 0)) mm")
    record.notes += notes
    return brain
  }

  private func correctingBias(
    of scan: Volume, _ brain: Mask, _ record: inout PreprocessingRecord
  ) throws -> Volume {
    guard settings.correctsBias else {
      record.addSkipped(StepName.bias, "not requested")
      return scan
    }
    guard !brain.isSlab else {
      record.addSkipped(StepName.bias, Self.slab)
      return scan
    }
    onStep(StepName.bias)
    let settings = settings.biasCorrection
    record.addDone(
      StepName.bias,
      settings.outlierDeviations > 0
        ? "N4 in the brain, fitted without bright outliers"
        : "N4 in the brain")
    return try BiasCorrection(settings: settings).correct(scan, brain: brain)
  }

  private func register(
    _ scan: Volume, _ brain: Mask, _ isInTemplateSpace: Bool, _ known: TemplateRegistration.Result?,
    name: String, _ record: inout PreprocessingRecord
  ) throws -> Affine? {
    guard !isInTemplateSpace else {
      record.addSkipped(StepName.template, "the scan is in template space")
      return nil
    }
    guard settings.registers else {
      record.addSkipped(StepName.template, "not requested")
      return nil
    }
    guard known != nil || !brain.isSlab else {
      record.addSkipped(StepName.template, Self.slab)
      return nil
    }
    onStep(StepName.template)
    let result = try known ?? registration.get().register(scan, brain: brain, name: name)
    record.addDone(
      StepName.template, "affine to \(TemplateSpace.name)" + (known == nil ? "" : ", that of the T1w"))
    record.templateOverlap = result.overlap
    record.notes += result.notes
    return result.toTemplate
  }

  private static let slab =
    "the scan shows less than \(minimumExtent.formatted(fraction: 0)) mm of brain"

  /// The minimum extent of the brain in mm along each axis for which bias correction and registration are
  /// reliable: in a slab neither a lesion can be distinguished from bias, nor one level from another.
  package static let minimumExtent = 60.0

  /// The steps that take long, in order, with their rough shares of the time of a raw scan.
  package static let usualShares = [(StepName.brain, 0.3), (StepName.bias, 0.2), (StepName.template, 0.3)]

  enum StepName {
    static let intensity = "intensity shift"
    static let brain = "brain extraction"
    static let t1w = "second contrast"
    static let denoising = "denoising"
    static let bias = "bias correction"
    static let template = "registration"
  }
}

extension Mask {
  /// Whether the extent of the set voxels along a world axis is too small for them.
  fileprivate var isSlab: Bool {
    let bounds = Orientation(of: geometry).apply(self).worldBounds
    return (bounds.last - bounds.first).min() < Preprocessor.minimumExtent
  }
}
