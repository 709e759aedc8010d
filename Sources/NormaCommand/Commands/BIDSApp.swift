import ArgumentParser
import Foundation
import Norma
import NormaReports

struct BIDSApp: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "bids",
    abstract: "Segment the FLAIR scans of a BIDS data set into a BIDS derivative data set (BIDS App).",
    discussion: """
      The level participant writes map, mask, table of regions and page of each scan. Any number of processes \
      may share OUT_DIR, each with its own participants (--shard divides them). Scans that are complete, \
      with the same inputs and settings, are kept. The level group writes one table and one page of all scans. \
      Norma checks only dataset_description.json; bids-validator checks the rest of the data set.
      """)

  enum Level: String, ExpressibleByArgument, CaseIterable { case participant, group }

  enum OutputSpace: String, ExpressibleByArgument, CaseIterable {
    case native
    case template = "MNI152NLin2009aSym"
  }

  @Argument(help: "Folder of the BIDS data set; it is not changed.")
  var bidsDir: String

  @Argument(help: "Folder of the results; inside BIDS_DIR it must be below derivatives/.")
  var outDir: String

  @Argument(help: "participant or group.")
  var level: Level

  @Option(
    name: [.long, .customLong("participant_label")], parsing: .upToNextOption,
    help: "Only these participants, with or without sub-.")
  var participantLabel: [String] = []

  @Option(
    name: [.long, .customLong("session_label")], parsing: .upToNextOption,
    help: "Only these sessions, with or without ses-.")
  var sessionLabel: [String] = []

  @Option(help: "JSON file that selects scans by entities, as in fMRIPrep; the queries are flair and t1w.")
  var bidsFilterFile: String?

  @Flag(
    name: .customLong("ignore-t1w"),
    help: "Use the FLAIR alone. Default: the T1w of its session is used as by norma segment --t1w.")
  var ignoresT1w = false

  @Option(help: "Derivative data set with brain masks; default: all below BIDS_DIR/derivatives.")
  var derivatives: String?

  @Option(
    parsing: .upToNextOption,
    help: """
      Spaces of map and mask: native, and \(OutputSpace.template.rawValue) for copies on the grid of the \
      template. The native images are always written.
      """)
  var outputSpaces = [OutputSpace.native]

  @Option(
    help: """
      Column of participants.tsv that divides the participants at the level group. Default: \
      \(ParticipantGroups.usualColumn), if there is one.
      """)
  var groupBy: String?

  @Option(
    help: """
      Compare the sessions of each participant, as norma compare-visits does: each one with the previous or with \
      the first.
      """)
  var compareSessions: SessionPairing?

  @OptionGroup var shardOptions: ShardOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var contrast: ContrastOptions
  @OptionGroup var thresholdOptions: ThresholdOptions

  @Option(name: [.customLong("n-cpus"), .customLong("n_cpus")], help: "Same as --threads.")
  var cpuCount: Int?

  @Option(
    name: [.customLong("mem-mb"), .customLong("mem_mb")],
    help: "Available memory in MB; a scan needs \(memoryNeed).")
  var memory: Int?

  @OptionGroup var workFolder: WorkFolderOptions
  @OptionGroup var printing: PDFOptions

  @Flag(help: "Segment complete scans again.")
  var force = false

  @Flag(help: "Print what would be done, one line per scan, and write nothing.")
  var dryRun = false

  @Flag(
    name: [.long, .customLong("skip_bids_validator")], help: "Do not check dataset_description.json.")
  var skipBidsValidation = false

  @OptionGroup var scoring: PrecisionOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  /// MB.
  private static let memoryNeed = 1500

  func validate() throws {
    if cpuCount != nil && engine.threads != nil {
      throw ValidationError("Give --n-cpus or --threads, not both.")
    }
    if let cpuCount, cpuCount < 1 { throw ValidationError("--n-cpus must be 1 or more.") }
    if groupBy != nil, level == .participant {
      throw ValidationError("--group-by goes with group.")
    }
    if outputSpaces != [.native], level == .group {
      throw ValidationError("--output-spaces goes with participant.")
    }
    if compareSessions != nil, level == .group {
      throw ValidationError("--compare-sessions goes with participant; the level group shows what it wrote.")
    }
    if shardOptions.isGiven, level == .group {
      throw ValidationError("--shard goes with participant; the level group needs all scans.")
    }
  }

  func run() throws {
    if let memory, memory < Self.memoryNeed {
      throw Problem(
        .usage, "a scan needs \(Self.memoryNeed) MB of memory, but \(memory) are allowed", at: "--mem-mb",
        advice: "allow \(Self.memoryNeed) or more")
    }
    let root = URL(fileURLWithPath: bidsDir), maskFolder = derivatives.map { URL(fileURLWithPath: $0) }
    if !skipBidsValidation { _ = try BIDSDescription(of: root) }
    var layout = try BIDSLayout(root: root, selection: selection())
    for problem in layout.leftOut { console.log("left out \(problem.location): \(problem.what)") }
    let dataset = try DerivativeDataset(
      folder: URL(fileURLWithPath: outDir), root: root, derivatives: maskFolder)
    switch level {
    case .participant:
      let (bundle, thresholds) = try thresholdOptions.open(for: layout.scans.map(\.scanCase))
      let shard = try shardOptions.chosen(hasChosen: !participantLabel.isEmpty, console: console)
      if let shard {
        let all = layout.participants
        layout.participants = try shardOptions.deal(all, to: shard, work: \.scans.count, by: \.id)
        console.log("\(layout.participants.count) of \(all.count) participants")
      }
      if compareSessions != nil { SessionOrders(of: layout, root: root).warnings.forEach(console.warning) }
      try BIDSBrainMasks(of: root, derivatives: maskFolder).assign(to: &layout)
      try segment(layout, bundle, thresholds, into: dataset, shard)
    case .group: try summarize(layout, root: root, in: dataset)
    }
  }

  private func selection() throws -> BIDSSelection {
    BIDSSelection(
      participants: participantLabel, sessions: sessionLabel,
      filter: try bidsFilterFile.map { try BIDSFilter(contentsOf: URL(fileURLWithPath: $0)) } ?? BIDSFilter(),
      ignoresT1w: ignoresT1w)
  }

  private func segment(
    _ layout: BIDSLayout, _ bundle: ModelBundle, _ thresholds: ThresholdChoice,
    into dataset: DerivativeDataset, _ shard: CohortShard?
  ) throws {
    var engine = engine
    engine.threads = cpuCount ?? engine.threads
    let device = try engine.prepare(), printer = try printing.printer()
    let kept = KeptScans(in: workFolder.folder, forComparison: compareSessions != nil)
    defer { kept.removeTemporary() }
    var cohort = try CohortSegmentation(
      bundle: bundle, segmenter: Segmenter(bundle: bundle, device: device, precision: scoring.precision),
      preprocessor: preprocessing.preprocessor(
        bundle.description.configuration.preprocessing, device: device),
      thresholds: thresholds, exceedance: thresholdOptions.exceedance, output: dataset.folder,
      workFolder: kept.folder, isContrastForced: contrast.forceContrast, draw: CasePictures.draw)
    let sessions = compareSessions.map { BIDSComparison(cohort, into: dataset, by: $0) }
    let progress = CohortProgress(
      of: layout.participants.flatMap(BIDSSegmentation.cases).count, console: console)
    cohort.onStep = { progress.begin($1, of: $0.id) }
    let segmentation = BIDSSegmentation(cohort, into: dataset)
    if dryRun { return announce(layout, segmentation) }
    try shardOptions.claim(dataset.folder, for: shard, settings: cohort.sharedSettings)
    try dataset.prepare()
    try citation(of: layout, bundle, thresholds).write(to: dataset)
    let images = try templateImages(in: dataset)
    console.log(bundle.description.meaning(of: thresholds.common))
    for scan in layout.scans { scan.note.map { console.log("\(scan.scanCase.id): \($0)") } }
    Interruption.listen()
    var failedComparisons = 0
    let outcomes = try segmentation.run(
      layout.participants, isForced: force,
      onCase: { outcome, isKept in
        console.endProgress()
        report(outcome, isKept: isKept)
        if outcome.row.status == .ok, try images?.write(outcome.row.caseID) == false {
          console.log("\(outcome.row.caseID): not registered, so without images in the template's space")
        }
        progress.end(seconds: isKept || outcome.row.status != .ok ? nil : outcome.segmented?.seconds)
      },
      onParticipant: { participant, outcomes in
        let page = try writePage(of: participant, in: dataset, bundle, thresholds)
        if let printer { console.result(try printer.print(page).path) }
        try sessions?.run(
          outcomes.compactMap(\.segmented), isForced: force,
          onPair: { outcome in
            try report(outcome, in: dataset, bundle)
            failedComparisons += outcome.row.status == .failed ? 1 : 0
          }, shouldStop: { Interruption.requested })
        kept.removeTemporary(of: participant)
      },
      shouldStop: { Interruption.requested })
    console.endProgress()
    let failures = outcomes.count { $0.row.status == .failed }
    guard failures + failedComparisons > 0 else { return }
    if failures > 0 {
      console.log("\(failures) of \(layout.scans.count) scans failed; see the rows in *_cases.tsv")
    }
    if failedComparisons > 0 {
      console.log("comparisons of sessions that failed: \(failedComparisons); see the rows in *_visits.tsv")
    }
    throw ExitCode(Problem.Kind.someCaseFailed.rawValue)
  }

  private func report(_ outcome: BIDSSegmentation.Outcome, isKept: Bool) {
    if let segmented = outcome.segmented {
      if isKept { console.log("\(outcome.row.caseID): up to date") } else { console.log(segmented) }
    } else {
      console.log(outcome.row.caseID, ["skipped": outcome.row.message])
    }
  }

  private func report(
    _ outcome: BIDSComparison.Outcome, in dataset: DerivativeDataset, _ bundle: ModelBundle
  ) throws {
    console.endProgress()
    let row = outcome.row
    let name = [row.baselineID, row.followUpID].compactMap { $0 }.joined(separator: " and ")
    switch row.status {
    case .ok:
      let counts = ChangedRegion.Kind.allCases.map { "\($0.rawValue)=\(row.counts[$0.rawValue] ?? 0)" }
      console.log("\(name)  \(outcome.compared == nil ? "up to date" : counts.joined(separator: " "))")
    case .failed, .outdated: console.log("\(name): not compared: \(row.message)")
    }
    guard let compared = outcome.compared else { return }
    let page = dataset.file(row.page)
    let provenance = ReportProvenance(bundleName: bundle.description.name, version: NormaVersion.current)
    try VisitReport(compared, provenance: provenance).page.writeIfChanged(at: page)
    console.result(page.path)
  }

  private func writePage(
    of participant: String, in dataset: DerivativeDataset, _ bundle: ModelBundle,
    _ thresholds: ThresholdChoice
  ) throws -> URL {
    let url = dataset.file("\(participant).html")
    let provenance = ReportProvenance(bundleName: bundle.description.name, version: NormaVersion.current)
    let report = SegmentationReport(
      participant: participant, in: dataset, of: bundle, by: thresholds.common, provenance: provenance)
    try report.page.writeIfChanged(at: url)
    try report.writeFigures(to: dataset)
    console.result(url.path)
    return url
  }

  private func citation(
    of layout: BIDSLayout, _ bundle: ModelBundle, _ thresholds: ThresholdChoice
  ) -> Citation {
    Citation(
      MethodsParagraph(
        bundle: bundle.description, preprocessing: bundle.description.configuration.preprocessing,
        skull: preprocessing.skull, thresholds: thresholds,
        hasT1w: layout.scans.contains { $0.scanCase.t1w != nil },
        hasTemplateImages: outputSpaces.contains(.template)))
  }

  /// The images on the template's grid; nil unless they were asked for.
  private func templateImages(in dataset: DerivativeDataset) throws -> TemplateImages? {
    guard outputSpaces.contains(.template) else { return nil }
    return TemplateImages(
      on: TemplateGrid(of: try Template(folder: InstalledFiles.preprocessing.template)), in: dataset)
  }

  private func announce(_ layout: BIDSLayout, _ segmentation: BIDSSegmentation) {
    for item in layout.participants.flatMap(BIDSSegmentation.cases) {
      switch item {
      case .noScan(let participant): console.result("\(participant.id)\tskip\t\(participant.missing)")
      case .scan(let scan):
        let isKept = !force && segmentation.completed(item) != nil
        let mask = scan.scanCase.brainMask.map { "brain mask \($0.path)" } ?? "no brain mask given"
        let t1w = scan.scanCase.t1w.map { ", T1w \($0.path)" } ?? ""
        console.result("\(scan.scanCase.id)\t\(isKept ? "up to date" : "segment")\t\(mask)\(t1w)")
      }
    }
  }
}

extension SessionPairing: ExpressibleByArgument {}

/// The folder of preprocessed scans, which a comparison of sessions reads again.
private struct KeptScans {
  /// Nil to keep nothing.
  let folder: URL?
  private let isTemporary: Bool

  /// The given folder; without one, a temporary folder if sessions are compared.
  init(in given: URL?, forComparison isCompared: Bool) {
    isTemporary = given == nil && isCompared
    folder =
      isTemporary
      ? FileManager.default.temporaryDirectory.appendingPathComponent("norma-\(UUID().uuidString)") : given
  }

  /// Removes the scans of a participant, or all; those of the next participants may be there already.
  func removeTemporary(of participant: String? = nil) {
    guard isTemporary, let folder else { return }
    try? FileManager.default.removeItem(at: participant.map { folder.appendingPathComponent($0) } ?? folder)
  }
}
