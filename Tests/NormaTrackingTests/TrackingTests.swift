import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Norma
@testable import NormaTracking

/// A folder that looks like a run with `epochs` finished epochs. Scripts/checks/tracking tests real runs with
/// TensorBoard and MLflow.
private func makeRun(_ name: String, epochs: Int, in place: URL, isFinished: Bool = false) throws -> RunFolder
{
  let run = RunFolder(place.appendingPathComponent(name))
  try FileManager.default.createDirectory(at: run.bundle, withIntermediateDirectories: true)
  try JSONEncoder().encode(Configuration(preset: "dense-vae", settings: ["training.seed=7"]))
    .write(to: run.configuration)
  try Data(#"{"manifest":"/m.tsv","name":"\#(name)","description":"","dataSHA256":""}"#.utf8).write(
    to: run.source)
  let rows = (0..<epochs).map {
    "\($0 + 1),0.001,\(2.0 / Double($0 + 1)),\($0 == 1 ? 0.25 : 0.5),\($0 == 1),30.0\n"
  }
  try Data(
    ("epoch,learning_rate,training_loss,validation_loss,is_best,images_per_second\n" + rows.joined()).utf8
  )
  .write(to: run.metrics)
  if isFinished { try Data("{}".utf8).write(to: run.bundle.appendingPathComponent("bundle.json")) }
  return run
}

@Suite struct RunStoreTests {
  @Test func aRecordTellsWhatTheFolderSays() throws {
    try withTemporaryFolder { place in
      let record = try RunRecord(of: makeRun("vae", epochs: 3, in: place))
      #expect(record.name == "vae" && record.method == "vae" && record.seed == 7)
      #expect(record.state == .unfinished && record.epochs == 3)
      #expect(record.bestEpoch == 2 && record.bestLoss == 0.25 && record.lastLoss == 0.5)
      #expect(try RunRecord(of: makeRun("new", epochs: 0, in: place)).state == .started)
      #expect(try RunRecord(of: makeRun("done", epochs: 1, in: place, isFinished: true)).state == .finished)
    }
  }

  @Test func whatIsRememberedIsReadAnewFromTheFolder() throws {
    try withTemporaryFolder { place in
      let store = try RunStore(place.appendingPathComponent("deep/runs.sqlite"))
      let run = try makeRun("vae", epochs: 1, in: place)
      try store.record(RunRecord(of: run))
      try store.record(RunRecord(of: run))
      _ = try makeRun("vae", epochs: 4, in: place, isFinished: true)
      let found = try store.runs()
      #expect(found.map(\.epochs) == [4] && found.map(\.state) == [.finished])
      try FileManager.default.removeItem(at: run.url)
      #expect(try store.runs().map(\.state) == [.missing])
      try store.forget(found[0])
      #expect(try store.runs().isEmpty)
    }
  }

  @Test func aLostStoreIsMadeAnewFromFolders() throws {
    try withTemporaryFolder { place in
      for name in ["a", "b", "c"] { _ = try makeRun("nested/\(name)", epochs: 1, in: place) }
      try FileManager.default.createDirectory(
        at: place.appendingPathComponent("nested/other"), withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: place.appendingPathComponent("nested/other/config.json"))
      let store = try RunStore(place.appendingPathComponent("runs.sqlite"))
      #expect(try store.index(place).map(\.name) == ["nested/a", "nested/b", "nested/c"])
      #expect(try store.runs().count == 3)
    }
  }

  @Test func manyWritersLoseNothing() async throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    let records = try (0..<16).map { try RunRecord(of: makeRun("run\($0)", epochs: 1, in: place.url)) }
    let file = place.url.appendingPathComponent("runs.sqlite")
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Each writer has its own connection, as processes do.
      for record in records { group.addTask { try RunStore(file).record(record) } }
      try await group.waitForAll()
    }
    #expect(try RunStore(file).runs().count == 16)
  }

  @Test func aFileThatIsNoStoreIsRefusedByName() throws {
    try withTemporaryFolder { place in
      let file = place.appendingPathComponent("runs.sqlite")
      try Data("not a database, but long enough to be looked at".utf8).write(to: file)
      let problem = #expect(throws: Problem.self) { try RunStore(file) }
      #expect(problem?.location == file.path)
    }
  }

  @Test func aTableWithARowOfAnotherLengthIsRefused() throws {
    try withTemporaryFolder { place in
      let run = try makeRun("vae", epochs: 1, in: place)
      try Data("epoch,validation_loss\n1,2\n2\n".utf8).write(to: run.metrics)
      let problem = #expect(throws: Problem.self) { try RunRecord(of: run) }
      #expect(problem?.location == run.metrics.path)
    }
  }
}

@Suite struct EventFileTests {
  /// RFC 3720, B.4: 32 bytes of zeros, of ones, and rising.
  static let checksums: [(Data, UInt32)] = [
    (Data(repeating: 0, count: 32), 0x8A91_36AA), (Data(repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Data(0..<32), 0x46DD_794E),
  ]

  @Test(arguments: checksums) func theChecksumIsCastagnolis(_ data: Data, _ sum: UInt32) {
    #expect(CRC32C.checksum(data) == sum)
  }

  @Test func aResumedRunWritesItsEpochsOnce() throws {
    try withTemporaryFolder { place in
      let events = EventFile(of: RunFolder(place))
      let record = EpochRecord(
        epoch: 1, learningRate: 0.1, trainingLoss: 2, trainingTerms: ["kl": 1], validationLoss: 3,
        isBest: true,
        imagesPerSecond: 9)
      func size() throws -> Int { try Data(contentsOf: events.url).count }
      try events.add(.started(trainingSlices: 1, validationSlices: 1, progress: TrainingProgress()))
      let empty = try size()
      try events.add(.epoch(record))
      let one = try size()
      #expect(one > empty)
      // The crash truncates the next record.
      let handle = try FileHandle(forWritingTo: events.url)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([9, 0, 0]))
      try EventFile(of: RunFolder(place)).add(
        .started(trainingSlices: 1, validationSlices: 1, progress: TrainingProgress(records: [record])))
      #expect(try size() == one)
    }
  }
}
