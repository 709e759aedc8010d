import ArgumentParser
import Foundation
import Norma
import NormaReports
import Tensors

struct CompareVisits: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two visits of one person: new, enlarged, shrunk and resolved regions.",
    usage: "norma compare-visits <baseline> <follow-up> -o <folder> [<options>]",
    discussion: """
      Both scans are segmented, registered to each other and resampled once into the space half way between them, \
      so that exchanged visits give the mirrored result. Visits that are segmented already are kept.
      """)

  @Argument(help: "The earlier scan, or a folder of its DICOM files.")
  var baseline: String

  @Argument(help: "The later scan, or a folder of its DICOM files.")
  var followUp: String

  @Option(name: [.short, .customLong("output")], help: "Folder for the results of both visits.")
  var output: String

  @Flag(
    help: "Compare the scans even if names, dates or the shape of the brains say that they are not a pair.")
  var forcePair = false

  @Flag(help: "Segment both visits again.")
  var force = false

  @OptionGroup var dicom: VisitDICOMOptions
  @OptionGroup var thresholdOptions: ThresholdOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var contrast: ContrastOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare(), folder = URL(fileURLWithPath: output)
    let scans = try dicom.scans(of: [baseline, followUp], output: folder, console: console)
    let pair = try VisitPair(scans[0], scans[1], isForced: forcePair)
    let (bundle, thresholds) = try thresholdOptions.open(for: [pair.baseline, pair.followUp])
    var segmentation = try CohortSegmentation(
      bundle: bundle, segmenter: Segmenter(bundle: bundle, device: device),
      preprocessor: preprocessing.preprocessor(
        bundle.description.configuration.preprocessing, device: device),
      thresholds: thresholds, exceedance: thresholdOptions.exceedance, output: folder,
      workFolder: folder.appendingPathComponent("preprocessed"), isContrastForced: contrast.forceContrast,
      draw: CasePictures.draw)
    Interruption.listen()
    let progress = CohortProgress(of: 2, console: console)
    segmentation.onStep = { progress.begin($1, of: $0.id) }
    let compared = try segmentation.compare(
      pair, isPairForced: forcePair, isForced: force,
      onRow: { row, isKept in
        console.endProgress()
        if row.problem == nil { isKept ? console.log("\(row.scan.id): up to date") : console.log(row) }
        progress.end(seconds: isKept || row.problem != nil ? nil : row.seconds)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    let counts = ChangedRegion.Kind.allCases.map { "\($0.rawValue)=\(compared.comparison.count($0))" }
    console.log("\(pair.participantID)  \(counts.joined(separator: " "))")
    for note in compared.record.notes { console.log("  \(note)") }
    let files = VisitFiles(participant: pair.participantID), page = folder.appendingPathComponent(files.page)
    let provenance = ReportProvenance(bundleName: bundle.description.name)
    try VisitReport(compared, provenance: provenance).page.write(to: page)
    for file in [files.table, files.record, files.page] {
      console.result(folder.appendingPathComponent(file).path)
    }
  }
}
