import Base
public import Foundation
public import Norma

/// The metrics of a run as a TensorBoard event file: one scalar per epoch for each column of `metrics.csv`.
///
/// A resumed run rewrites its finished epochs, which repairs a file truncated by a crash.
public final class EventFile {
  /// The file; TensorBoard recognises it by the prefix of its name.
  public let url: URL
  private var handle: FileHandle?

  /// Creates the event file of a run without writing it.
  public init(of run: RunFolder) {
    url = run.url.appendingPathComponent("tensorboard/events.out.tfevents.norma")
  }

  /// Writes a training event: `.started` creates the file, `.epoch` appends to it.
  ///
  /// - Throws: A ``Problem`` of kind `inputOutput` or `cannotCreate` that names the file.
  public func add(_ event: TrainingEvent) throws {
    switch event {
    case .started(_, _, let progress):
      try AtomicFile.makeFolder(url.deletingLastPathComponent())
      let records = [Self.header(at: .now)] + progress.records.map { Self.event($0, at: .now) }
      try AtomicFile.write(records.map(Self.framed).reduce(Data(), +), to: url)
      do { handle = try FileHandle(forWritingTo: url) } catch { throw problem(error) }
    case .epoch(let record):
      do {
        try handle?.seekToEnd()
        try handle?.write(contentsOf: Self.framed(Self.event(record, at: .now)))
      } catch { throw problem(error) }
    default: break
    }
  }

  private func problem(_ error: any Error) -> Problem {
    Problem(
      .inputOutput, "the TensorBoard event file cannot be written: \(error.systemReason)",
      at: url.path, advice: "free space on the disk, then continue with --resume")
  }

  // Messages of TensorFlow's event.proto and summary.proto: Event { double wall_time = 1; int64 step = 2;
  // string file_version = 3; Summary summary = 5 }, Summary { repeated Value value = 1 },
  // Value { string tag = 1; float simple_value = 2 }.

  private static func header(at date: Date) -> ProtocolMessage {
    var event = ProtocolMessage()
    event.add(1, date.timeIntervalSince1970)
    event.add(3, "brain.Event:2")
    return event
  }

  private static func event(_ record: EpochRecord, at date: Date) -> ProtocolMessage {
    var scalars = [
      ("learning_rate", record.learningRate), ("loss/training", record.trainingLoss),
      ("images_per_second", record.imagesPerSecond),
    ]
    if let loss = record.validationLoss { scalars.append(("loss/validation", loss)) }
    scalars += record.trainingTerms.sorted { $0.key < $1.key }.map { ("training/\($0.key)", $0.value) }
    var summary = ProtocolMessage()
    for (tag, value) in scalars {
      var scalar = ProtocolMessage()
      scalar.add(1, tag)
      scalar.add(2, Float(value))
      summary.add(1, scalar)
    }
    var event = ProtocolMessage()
    event.add(1, date.timeIntervalSince1970)
    event.add(2, UInt64(record.epoch))
    event.add(5, summary)
    return event
  }

  /// A TFRecord: the length and its checksum, the bytes and their checksum.
  private static func framed(_ message: ProtocolMessage) -> Data {
    func bytes(_ value: some FixedWidthInteger) -> Data {
      withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
    let length = bytes(UInt64(message.bytes.count))
    return length + bytes(CRC32C.masked(length)) + message.bytes + bytes(CRC32C.masked(message.bytes))
  }
}
