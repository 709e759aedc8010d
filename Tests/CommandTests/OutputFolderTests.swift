import _TestSupport
import Foundation
import Testing
import Volumes

/// Places that cannot be read or written, and full disks.
@Suite struct OutputFolderTests {
  static let isRoot = getuid() == 0
  /// Runs a command as a user without rights: needed where the tests run as root.
  static let asNobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
  /// Whether a user without rights is to be had and can run the command.
  static let hasUser = Result { () -> Bool in
    guard isRoot else { return true }
    guard FileManager.default.fileExists(atPath: asNobody[0]) else { return false }
    return try Tool.start(["--version"], launcher: asNobody).finish().code == 0
  }

  /// Runs the command as a user whom permissions bind.
  private func runBound(_ arguments: [String]) throws -> Outcome {
    try Tool.start(arguments, launcher: Self.isRoot ? Self.asNobody : []).finish()
  }

  @Test(.enabled("no user without rights here") { (try? hasUser.get()) == true })
  func aFileThatMayNotBeReadIsNamed() throws {
    let folder = try Workplace.folder()
    let scan = folder / "secret.nii.gz"
    try FileManager.default.copyItem(at: Cohort.patient, to: scan)
    chmod(scan.path, 0)
    chmod(folder.path, 0o777)
    defer { chmod(scan.path, 0o600) }
    let outcome = try runBound([
      "segment", "-i", scan.path, "-o", (folder / "out").path, "--bundle", Cohort.bundle.path, "--threads",
      "1",
    ])
    #expect(outcome.code == 66)
    expectProblem(in: outcome, words: ["Permission denied", scan.path, "permissions"])
    #expect(try TSV(folder / "out/cases.tsv").rows.first?["message"]?.contains("Permission denied") == true)
  }

  /// A folder below the input, or the input itself.
  @Test(
    .enabled("no user without rights here") { (try? hasUser.get()) == true },
    arguments: ["shut", "shut/in", ""])
  func aFolderThatMayNotBeReadIsNamedAndTheRestDone(shut: String) throws {
    let folder = try Workplace.folder(), scans = folder / "scans",
      closed = shut.isEmpty ? scans : scans / shut
    for place in [scans, scans / "shut/in"] {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(at: Cohort.patient, to: scans / "p1_FLAIR.nii.gz")
    chmod(folder.path, 0o777)
    chmod(closed.path, 0)
    defer { chmod(closed.path, 0o700) }
    let outcome = try runBound([
      "segment", "-i", scans.path, "-o", (folder / "out").path, "--bundle", Cohort.bundle.path, "--threads",
      "1",
    ])
    for word in ["the folder cannot be read: Permission denied", "where: \(closed.path)\n"] {
      #expect(outcome.standardError.contains(word), "\(outcome.standardError)")
    }
    guard !shut.isEmpty else {
      #expect(outcome.code == 66)
      return
    }
    #expect(outcome.code == 1)
    let rows = try TSV(folder / "out/cases.tsv").rows
    #expect(rows.map { $0["status"] } == ["ok", "failed"] && rows[0]["case_id"] == "p1")
    #expect(rows[1]["message"]?.contains("Permission denied") == true)
  }

  @Test(.enabled("no user without rights here") { (try? hasUser.get()) == true })
  func aFolderThatMayNotBeWrittenIsNamed() throws {
    let folder = try Workplace.folder()
    chmod(folder.path, 0o555)
    for arguments in try Self.writers(to: folder / "out") {
      let outcome = try runBound(arguments)
      #expect(outcome.code == 73, "\(outcome.standardError)")
      expectProblem(in: outcome, words: ["ermission", folder.path, "writable"])
      #expect(outcome.standardOutput.isEmpty)
    }
  }

  /// Every command that writes a folder.
  static func writers(to out: URL) throws -> [[String]] {
    [
      ["segment", "-i", try Cohort.patient.path, "-o", out.path, "--bundle", try Cohort.bundle.path],
      ["train", "--preset", "normative", "--data", try Cohort.manifest.path, "-o", out.path]
        + Cohort.smallGrid,
    ]
  }

  @Test func anOutputThatIsAFileIsRefused() throws {
    let file = try Workplace.folder() / "out"
    try Data("mine".utf8).write(to: file)
    for arguments in try Self.writers(to: file) {
      let outcome = try Tool.run(arguments)
      #expect(outcome.code == 73, "\(outcome.standardError)")
      expectProblem(in: outcome, words: [file.path])
      #expect(outcome.standardOutput.isEmpty)
    }
    #expect(try file.text() == "mine")
  }

  // MARK: - Full disk

  /// A file system of a few KiB, or nil where this user may not mount one.
  private static func smallDisk(kilobytes: Int) throws -> URL? {
    let place = try Workplace.folder()
    let isMounted = try shell(
      "/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", place.path)
    return isMounted ? place : nil
  }

  private static func unmount(_ disk: URL) { _ = try? shell("/usr/bin/umount", disk.path) }

  private static func shell(_ line: String...) throws -> Bool {
    guard FileManager.default.isExecutableFile(atPath: line[0]) else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: line[0])
    process.arguments = Array(line.dropFirst())
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  static let canMount = Result { () -> Bool in
    guard let disk = try smallDisk(kilobytes: 64) else { return false }
    unmount(disk)
    return true
  }

  @Test(
    .enabled("small file systems cannot be mounted here") { (try? canMount.get()) == true },
    arguments: [8, 24])
  func aFullDiskEndsTheSegmentation(kilobytes: Int) throws {
    let disk = try #require(try Self.smallDisk(kilobytes: kilobytes))
    defer { Self.unmount(disk) }
    let outcome = try Tool.run([
      "segment", "-i", Cohort.folder.get().path, "-o", disk.path, "--bundle", Cohort.bundle.path, "--threads",
      "1",
    ])
    #expect(outcome.code == 74 && outcome.standardOutput.isEmpty)
    expectProblem(in: outcome, words: ["space", disk.path, "heck that"])
    #expect(disk.halfWritten == [])
    for file in disk.files where file.hasSuffix("_mask.nii.gz") { _ = try NIfTI.readMask(disk / file) }
  }

  @Test(
    .enabled("small file systems cannot be mounted here") { (try? canMount.get()) == true },
    arguments: [16, 320, 360])
  func aFullDiskEndsTheTraining(kilobytes: Int) throws {
    let disk = try #require(try Self.smallDisk(kilobytes: kilobytes))
    defer { Self.unmount(disk) }
    let run = disk / "run"
    let outcome = try Tool.run(
      ["train", "--preset", "dense-vae", "--data", Cohort.manifest.path, "-o", run.path, "--threads", "1"]
        + Cohort.smallVAE)
    #expect(outcome.code == 74 && outcome.standardOutput.isEmpty)
    expectProblem(in: outcome, words: ["space", run.path, "heck that"])
    #expect(disk.halfWritten == [])
  }
}
