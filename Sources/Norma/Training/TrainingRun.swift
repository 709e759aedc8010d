public import Cohort
public import Methods
import StrictSettings
import Base
public import Foundation
public import Tensors

/// Trains, calibrates and writes a bundle from a manifest.
public struct TrainingRun {
  private let configuration: Configuration
  private let manifest: Manifest
  private let folder: RunFolder
  private let device: Device
  private let source: RunFolder.Source
  private let isResumed: Bool

  /// Creates a new run.
  ///
  /// - Parameters:
  ///   - configuration: What is trained, and how it is scored and calibrated.
  ///   - manifest: The cohort with its splits.
  ///   - folder: The folder of the run, which must hold none.
  ///   - name: The name of the bundle.
  ///   - description: The data in plain words, for the bundle.
  ///   - device: Where the model is trained.
  /// - Throws: A ``Problem`` of kind `cannotCreate` if the folder already holds a run.
  public init(
    configuration: Configuration, manifest: Manifest, folder: RunFolder, name: String,
    description: String = "",
    device: Device = .cpu
  ) throws {
    guard !FileManager.default.fileExists(atPath: folder.configuration.path) else {
      throw Problem(
        .cannotCreate, "the folder already holds a run", at: folder.url.path,
        advice: "continue it with --resume, or choose another folder")
    }
    (self.configuration, self.manifest, self.folder, self.device) = (configuration, manifest, folder, device)
    source = RunFolder.Source(
      manifest: manifest.source.path, name: name, description: description,
      maskReading: manifest.maskReading)
    isResumed = false
  }

  /// Resumes the run in a folder.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is none, `badData` if it is damaged.
  public init(resuming folder: RunFolder, device: Device = .cpu) throws {
    (configuration, source) = try folder.start()
    manifest = try Manifest(discovering: URL(fileURLWithPath: source.manifest))
      .reading(masks: source.maskReading ?? MaskReading())
    (self.folder, self.device) = (folder, device)
    isResumed = true
  }

  /// Trains, calibrates and writes the bundle.
  ///
  /// - Parameters:
  ///   - prepared: The folder for slices on the model grid, to share them between runs; nil: that of the run.
  ///   - template: The folder of the template, to which anatomies are registered.
  ///   - group: The processes, each of which makes this call with folders that all of them see.
  ///   - onEvent: Gets the events, in every process.
  ///   - shouldStop: Asked before every scan and step.
  /// - Returns: The bundle in the folder of the run.
  /// - Throws: A ``Problem``, of kind `interrupted` once `shouldStop` returns true.
  public func run(
    prepared: URL? = nil, template: URL? = nil, group: any ProcessGroup = SingleProcess(),
    onEvent: (TrainingEvent) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> ModelBundle {
    try manifest.requireFiles()
    // A run has one writer, which is this process: half-written files are those of a process that was killed.
    try group.onRankZero { WholeFile.removeRemnants(below: folder.url) }
    let entry = try MethodRegistry.entry(configuration.method)
    try requireFit(configuration.training.exclusion, entry)
    let method = try entry.make(
      model: configuration.model, context: MethodContext(configuration, device: device))
    if group.worldSize > 1 { try requireDistributable(method) }
    let split = try manifest.assigningSplits { try $0.hasLesion() }
      .assigningFold(configuration.training.fold, of: configuration.training.folds)
    let store = SliceStore(
      folder: prepared ?? folder.prepared, recipe: configuration.recipe,
      exclusion: configuration.training.exclusion)
    func notStopped() throws {
      guard !shouldStop() else {
        throw Problem(
          .interrupted, "interrupted while preparing or calibrating; nothing is lost", at: folder.url.path,
          advice: "run the same command again, with --resume if training had begun")
      }
    }
    func preparing(index: Int, count: Int) throws {
      try notStopped()
      onEvent(.preparing(index: index, count: count))
    }
    let (training, validation) = try group.rankZeroFirst {
      (
        try slices(.train, of: split, store: store, template: template, progress: preparing),
        try slices(.validation, of: split, store: store, template: template, progress: preparing)
      )
    }
    if entry.learnsFromLesions {
      try requireLesions(training, .train)
      try requireLesions(validation, .validation)
    }
    let brains = training.isSynthetic ? (validation as? SyntheticSlices)?.brains(configuration) : nil
    let calibrator = try Calibrator(
      configuration: configuration, split: split, brains: brains, device: device)
    let dataSHA256 = Digest.of(Data((training.digest + validation.digest).utf8))
    try requireAgreement(in: group, on: dataSHA256)
    if isResumed {
      try requireSameData(dataSHA256)
    } else {
      // Only now, so that a run that is refused for its data leaves no files and can be started again.
      var source = source
      source.dataSHA256 = dataSHA256
      try group.onRankZero {
        try AtomicFile.write(json: source, to: folder.source)
        try AtomicFile.write(json: configuration, to: folder.configuration)
        try (training as? SyntheticSlices)?.writeSheet(to: folder.samples)
      }
    }
    let trainer = Trainer(
      configuration: configuration, method: method, run: folder, training: training, validation: validation,
      device: device, group: group)
    let progress = try trainer.train(resume: true, onEvent: onEvent, shouldStop: shouldStop)
    try group.onRankZero {
      var scorer = Scorer(method: method, settings: configuration.scoring, device: device)
      scorer.chain.statistics = try calibrator.statistics(
        of: scorer, training: training, validation: validation)
      let calibration = try calibrator.calibrate(scorer) {
        try notStopped()
        onEvent(.calibrating(index: $0, count: $1))
      }
      let provenance = BundleDescription.Provenance(
        engine: "libtorch \(Engine.version)",
        dataSHA256: dataSHA256,
        trainingCases: training.cases, trainingSlices: training.count,
        validationCases: validation.cases, validationSlices: validation.count,
        seed: configuration.training.seed, epochs: progress.epoch, bestEpoch: progress.best?.epoch ?? 0,
        data: source.description, isSynthetic: training.isSynthetic ? true : nil)
      try ModelBundle.write(
        scorer, configuration: configuration, calibration: calibration,
        domain: domain(of: training, split), provenance: provenance,
        name: source.name, to: folder.bundle)
    }
    return try ModelBundle(contentsOf: folder.bundle)
  }

  /// The slices of a split: synthetic ones if it has anatomies, else those of its scans.
  private func slices(
    _ split: Split, of manifest: Manifest, store: SliceStore, template: URL?,
    progress: (Int, Int) throws -> Void
  ) throws -> any TrainingSlices {
    if let synthetic = try syntheticSlices(
      split, of: manifest, folder: store.folder, template: template, progress: progress)
    {
      return synthetic
    }
    guard try !MethodRegistry.entry(configuration.method).metadata.needsAnatomies else {
      throw Problem(
        .badData,
        "'\(configuration.method)' learns tissues, and there is no anatomy in the \(split.rawValue) split",
        at: manifest.source.path, advice: "give rows with an anatomy, such as 'template', in the manifest")
    }
    let cases = manifest.cases(in: split)
    let contents = try store.contents(of: cases, progress: progress)
    guard contents.count > 0 else {
      throw Problem(
        .badData, "there is no lesion-free slice in the \(split.rawValue) split (\(cases.count) cases)",
        at: manifest.source.path,
        advice: "the model learns from lesion-free slices only; give more cases or correct the split column")
    }
    return contents
  }

  /// The synthetic slices of the anatomies of a split; nil where it has none.
  private func syntheticSlices(
    _ split: Split, of manifest: Manifest, folder: URL, template: URL?, progress: (Int, Int) throws -> Void
  ) throws -> SyntheticSlices? {
    let cases = manifest.anatomies(in: split)
    guard !cases.isEmpty else { return nil }
    guard let template else {
      throw Problem(
        .usage, "anatomies are registered to the template, and its folder is not given",
        at: manifest.source.path, advice: "give the folder that Scripts/bootstrap makes")
    }
    let anatomies = try AnatomyStore(folder: folder, template: template)
      .anatomies(of: cases, progress: progress)
    return try SyntheticSlices(
      of: anatomies, in: split, configuration: configuration,
      paintsLesions: MethodRegistry.entry(configuration.method).learnsFromLesions)
  }

  /// The properties of the training scans; with synthetic slices those of the validation scans, nil without
  /// any.
  private func domain(of training: any TrainingSlices, _ split: Manifest) throws -> InputDomain? {
    if let stored = training as? SliceStore.Contents {
      return InputDomain(try stored.properties(of: split.cases(in: .train)))
    }
    let modelGrid = ModelGrid(recipe: configuration.recipe)
    return InputDomain(try split.cases(in: .validation).compactMap { try modelGrid.place($0).properties })
  }

  private func requireDistributable(_ method: any Method) throws {
    guard let method = method as? any DistributedMethod else {
      throw Problem(
        .usage, "'\(configuration.method)' cannot be trained by several processes", at: "method",
        advice: "train it in one process")
    }
    if let reason = try method.reasonItCannotBeDistributed {
      throw Problem(
        .usage, "with \(reason) the slices of a batch cannot be shared among processes", at: "model",
        advice:
          "change that setting (the norms group, instance and none can be shared), or train in one process")
    }
  }

  private func requireAgreement(in group: any ProcessGroup, on digest: String) throws {
    guard try group.agree(on: digest) else {
      throw Problem(
        .badData, "the processes do not see the same data", at: manifest.source.path,
        advice: "give a manifest and a run folder that all machines share")
    }
  }

  private func requireFit(_ exclusion: LesionExclusion, _ method: MethodEntry) throws {
    guard (exclusion == .none) == method.learnsFromLesions else {
      throw ConfigurationError.outOfRange(
        path: "training.exclusion", value: exclusion.rawValue,
        allowed: method.learnsFromLesions
          ? "none: '\(method.name)' learns from lesions"
          : "slices or voxels: '\(method.name)' must see no lesion")
    }
  }

  /// Refuses slices without a lesion for a method that learns from lesions: its best weights would predict
  /// none.
  private func requireLesions(_ slices: any TrainingSlices, _ split: Split) throws {
    guard slices.showsLesions else {
      throw Problem(
        .badData,
        "'\(configuration.method)' learns from lesion masks, and no slice of the \(split.rawValue) split shows a lesion",
        at: manifest.source.path,
        advice: "mark cases with a lesion_mask as \(split.rawValue) in the split column")
    }
  }

  private func requireSameData(_ digest: String) throws {
    guard source.dataSHA256 == digest else {
      throw Problem(
        .badData, "the data are not those that the run was started with", at: source.manifest,
        advice: "restore the scans and the manifest, or start a new run")
    }
  }
}
