import Foundation
@testable import Norma
import NormaTracking
@testable import NormaViewer

/// What Norma writes has to be read as what was given.
enum RoundTrip {
  /// Any table of reviews is written and read as itself.
  static func review(_ url: URL) throws {
    guard let reviews = ReviewTable(try String(contentsOf: url, encoding: .utf8)) else { return }
    precondition(ReviewTable(reviews.text)?.text == reviews.text)
  }

  /// Any numbers and names, in the curves of an epoch: the first 40 bytes are its numbers, the lines behind name parts of the
  /// loss. More than 512 bytes would bring nothing new.
  static func curves(_ url: URL) throws {
    let bytes = try Data(contentsOf: url).prefix(512), size = 8
    func bits(_ index: Int) -> UInt64 {
      bytes.dropFirst(index * size).prefix(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    func number(_ index: Int) -> Double { Double(bitPattern: bits(index)) }
    let names = String(decoding: bytes.dropFirst(5 * size), as: UTF8.self).split(separator: "\n").map(
      String.init)
    let record = EpochRecord(
      epoch: Int(bits(0) >> 1), learningRate: number(1), trainingLoss: number(2),
      trainingParts: Dictionary(names.map { ($0, number(3)) }) { first, _ in first },
      validationLoss: number(4), isBest: true, imagesPerSecond: number(1))
    let file = EventFile(of: RunFolder(url.deletingLastPathComponent()))
    try file.add(
      .started(trainingSlices: 1, validationSlices: 1, progress: TrainingProgress(records: [record])))
    try file.add(.epoch(record))

    let events = EventRecords(try Data(contentsOf: file.url)).events
    precondition(events.count == 3)
    for event in events.dropFirst() {
      precondition(event.step == UInt64(record.epoch))
      let parts = record.trainingParts.map { ("training/\($0.key)", $0.value) }
      let expected = Dictionary(
        uniqueKeysWithValues: parts + [
          ("learning_rate", record.learningRate), ("loss/training", record.trainingLoss),
          ("loss/validation", number(4)), ("images_per_second", record.imagesPerSecond),
        ])
      precondition(event.scalars.mapValues(\.bitPattern) == expected.mapValues { Float($0).bitPattern })
    }
  }
}
