public import ArgumentParser
import Foundation
public import Norma

struct Simulate: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate a cohort of FLAIR scans with lesions and masks.")

  @Option(name: [.short, .customLong("output")], help: "Folder for the cohort; must not exist or be empty.")
  var output: String

  @Option(help: "Number of participants.")
  var cases = 20

  @Option(help: "Seed; the same seed gives the same files.")
  var seed: UInt64 = 0

  @Option(parsing: .upToNextOption, help: "Voxel size in mm: one number or three.")
  var voxelSize: [Double] = [1, 1, 3]

  @Option(
    parsing: .upToNextOption, help: "Only slices between these two positions in the template (z in mm).")
  var levels: [Double] = []

  @Flag(help: "All participants have lesions. Default: one in five, in the test split.")
  var patientsOnly = false

  @Flag(
    name: .customLong("t1w"),
    help: "Write a T1w of 1 mm beside each FLAIR too, in another position and without lesions.")
  var hasT1w = false

  @Option(
    help: """
      Simulate two visits of each participant, between which lesions change: none, new (three) or grown (two, by \
      half of their volume). For norma compare-visits.
      """)
  var followUp: FollowUp.Change?

  @Flag(help: "The second visit comes from another scanner.")
  var otherScanner = false

  @Option(help: "Folder with the ICBM152 tissue maps. Default: the installed folder.")
  var template: String?

  @OptionGroup var console: Console

  func validate() throws {
    if ![1, 3].contains(voxelSize.count) { throw ValidationError("--voxel-size takes one number or three.") }
    if !(levels.isEmpty || levels.count == 2 && levels[0] < levels[1]) {
      throw ValidationError("--levels takes two numbers, the lower first.")
    }
    if followUp == nil, otherScanner { throw ValidationError("--other-scanner goes with --follow-up.") }
    if followUp != nil, !levels.isEmpty || patientsOnly {
      throw ValidationError(
        "--follow-up makes whole brains of patients; leave out --levels and --patients-only.")
    }
  }

  func run() throws {
    let folder = URL(fileURLWithPath: output)
    var isFolder: ObjCBool = true
    if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), !isFolder.boolValue {
      throw Problem(.cannotCreate, "the output is a file", at: folder.path, advice: "choose a new folder")
    }
    if let contents = try? FileManager.default.contentsOfDirectory(atPath: folder.path), !contents.isEmpty {
      throw Problem(.cannotCreate, "the folder is not empty", at: folder.path, advice: "choose a new folder")
    }
    let size = voxelSize.count == 1 ? [Double](repeating: voxelSize[0], count: 3) : voxelSize
    var options = SimulationOptions(
      cases: cases, seed: seed, voxelSize: size, zRange: levels.isEmpty ? nil : levels[0]...levels[1])
    options.hasT1w = hasT1w
    if patientsOnly { (options.trainFraction, options.validationFraction) = (0, 0) }
    try options.validate()
    let template = try template.map { URL(fileURLWithPath: $0) } ?? InstalledFiles.template()
    let simulator = try Simulator(template: template, options: options)
    func show(_ progress: Simulator.Progress) {
      console.progress(
        "simulating \(Console.bar(progress.completed, of: progress.total)) \(progress.participantID)")
    }
    if let followUp {
      try simulator.writeVisits(
        FollowUp(followUp, isOtherScanner: otherScanner), to: folder, progress: show)
    } else {
      try simulator.writeCohort(to: folder, progress: show)
    }
    console.endProgress()
    console.result(folder.appendingPathComponent("manifest.tsv").path)
  }
}

extension FollowUp.Change: ExpressibleByArgument {}
