import Base
package import Methods
import Foundation
package import Tensors

/// Trains a method on slices: one loop for every method, which can be stopped and resumed at any step with
/// the same result.
///
/// All randomness is a function of (seed, epoch, step), so a checkpoint needs no generator state.
package final class Trainer {
  private let configuration: Configuration
  private let method: any Method
  private let run: RunFolder
  private let training, validation: any TrainingSlices
  private let device: Device
  private let group: any ProcessGroup
  private var progress = TrainingProgress()

  package init(
    configuration: Configuration, method: any Method, run: RunFolder, training: any TrainingSlices,
    validation: any TrainingSlices, device: Device, group: any ProcessGroup
  ) {
    (self.configuration, self.method, self.run) = (configuration, method, run)
    (self.training, self.validation) = (training, validation)
    (self.device, self.group) = (device, group)
  }

  private var settings: TrainingSettings { configuration.training }
  private var stepsPerEpoch: Int { (training.count + settings.batchSize - 1) / settings.batchSize }
  private var seed: UInt64 { UInt64(settings.seed) }

  /// Trains to the end and leaves the best model in `method`. Writes a checkpoint once `shouldStop` returns
  /// true.
  ///
  /// - Throws: A ``Problem`` of kind `interrupted` after that, `internalError` if a loss is not finite.
  package func train(
    resume: Bool, onEvent: (TrainingEvent) -> Void, shouldStop: () -> Bool
  ) throws -> TrainingProgress {
    if resume, FileManager.default.fileExists(atPath: run.lastCheckpoint.path) { try restore() }
    onEvent(.started(trainingSlices: training.count, validationSlices: validation.count, progress: progress))
    // Only once: if the folder disappears during training, writing has to fail.
    if settings.epochs > 0 { try AtomicFile.makeFolder(run.lastCheckpoint.deletingLastPathComponent()) }
    while progress.epoch < settings.epochs && !isExhausted {
      let started = ContinuousClock.now, firstStep = progress.step
      try trainEpoch(onEvent: onEvent, shouldStop: shouldStop, started: started)
      let slices = training.count - firstStep * settings.batchSize
      try finishEpoch(imagesPerSecond: Double(slices) / seconds(since: started), onEvent: onEvent)
    }
    if progress.best != nil { try method.load(state: Checkpoint(contentsOf: run.bestCheckpoint).model) }
    return progress
  }

  /// Whether the validation loss has not improved for `patience` epochs.
  private var isExhausted: Bool {
    settings.patience > 0 && progress.epoch - (progress.best?.epoch ?? 0) >= settings.patience
  }

  private func trainEpoch(
    onEvent: (TrainingEvent) -> Void, shouldStop: () -> Bool, started: ContinuousClock.Instant
  ) throws {
    let plan = EpochPlan(count: training.count, settings: settings, epoch: progress.epoch)
    let first = progress.step
    let batches = Prefetcher(first..<stepsPerEpoch) { [training, group] step in
      try plan.batch(step, of: training, in: group)
    }
    defer { batches.cancel() }
    while progress.step < stepsPerEpoch {
      if try group.any(shouldStop()) {
        try save(onEvent: onEvent)
        throw Problem(
          .interrupted, "training was interrupted; nothing is lost", at: run.url.path,
          advice: "continue with: norma train --resume -o \(run.url.path)")
      }
      let (batch, shard) = try batches.next()
      let count = plan.count(progress.step)
      let losses = try method.step(batch.on(device), stepContext(shard: shard))
      try requireNumber(losses, "the loss", "epoch \(progress.epoch + 1), step \(progress.step + 1)")
      progress.lossSum += losses.total * Double(count)
      for (name, value) in losses.terms { progress.termSums[name, default: 0] += value * Double(count) }
      progress.step += 1
      let rate = Double((progress.step - first) * settings.batchSize) / seconds(since: started)
      let left = (settings.epochs - progress.epoch) * stepsPerEpoch - progress.step
      onEvent(
        .step(
          StepReport(
            epoch: progress.epoch + 1, epochs: settings.epochs, step: progress.step, steps: stepsPerEpoch,
            losses: losses, imagesPerSecond: rate, secondsLeft: Double(left * settings.batchSize) / rate)))
    }
  }

  private func stepContext(shard: BatchShard?) throws -> StepContext {
    let step = progress.epoch * stepsPerEpoch + progress.step
    var seeds = SeededGenerator(seed: seed, stream: UInt64(step))
    let generator = try Generator(seed: seeds.next(), device: device)
    var context = StepContext(
      learningRate: learningRate(atStep: step), progress: Double(step) / Double(totalSteps),
      generator: shard.map { generator.keeping($0.range, of: $0.batchSize) } ?? generator)
    context.shard = shard
    return context
  }

  private var totalSteps: Int { max(1, settings.epochs * stepsPerEpoch) }

  /// Cosine schedule from the first to the final rate over the whole run.
  private func learningRate(atStep step: Int) -> Double {
    let phase = Double(step) / Double(totalSteps)
    return settings.finalLearningRate
      + (settings.learningRate - settings.finalLearningRate) * (1 + cos(.pi * phase)) / 2
  }

  private func requireNumber(_ losses: Losses, _ what: String, _ place: String) throws {
    guard losses.total.isFinite else {
      throw Problem(
        .internalError, "\(what) became \(losses.total) in \(place)", at: run.url.path,
        advice:
          "the last good checkpoint is kept; try --set training.learningRate=\(settings.learningRate / 10)")
    }
  }

  private func finishEpoch(imagesPerSecond: Double, onEvent: (TrainingEvent) -> Void) throws {
    let validationLoss = try meanValidationLoss()
    let slices = Double(training.count)
    let lastStep = (progress.epoch + 1) * stepsPerEpoch - 1
    let record = EpochRecord(
      epoch: progress.epoch + 1, learningRate: learningRate(atStep: lastStep),
      trainingLoss: progress.lossSum / slices, trainingTerms: progress.termSums.mapValues { $0 / slices },
      validationLoss: validationLoss, isBest: isBest(validationLoss), imagesPerSecond: imagesPerSecond)
    progress.records.append(record)
    progress.epoch += 1
    progress.step = 0
    (progress.lossSum, progress.termSums) = (0, [:])
    // The best model first: a run that is killed between the two files repeats this epoch and writes both
    // again.
    if record.isBest {
      try group.onRankZero {
        try Checkpoint(model: method.state, optimizer: [:], progress: progress).write(to: run.bestCheckpoint)
      }
    }
    try save(onEvent: onEvent)
    try group.onRankZero { try AtomicFile.write(metricsTable.text, to: run.metrics) }
    onEvent(.epoch(record))
  }

  /// Whether these weights are the best so far; without a validation loss the latest are.
  private func isBest(_ validationLoss: Double?) -> Bool {
    guard let validationLoss, let best = progress.best?.validationLoss else { return true }
    return validationLoss < best
  }

  /// Returns the mean loss over the validation slices, whose batches are shared among the processes; nil if
  /// the method has no loss that can choose weights.
  private func meanValidationLoss() throws -> Double? {
    var sum = 0.0, count = 0
    let size = settings.batchSize
    for start in stride(from: group.rank * size, to: validation.count, by: group.worldSize * size) {
      let batch = try validation.batch(Array(start..<min(start + size, validation.count))).on(device)
      guard let losses = try method.validationLosses(batch) else { break }
      sum += losses.total * Double(batch.count)
      count += batch.count
    }
    if group.worldSize > 1 {
      var sums = [Float(sum), Float(count)]
      try group.allReduce(&sums)
      (sum, count) = (Double(sums[0]), Int(sums[1]))
    }
    guard count > 0 else { return nil }
    let mean = sum / Double(count)
    try requireNumber(Losses(total: mean), "the validation loss", "epoch \(progress.epoch + 1)")
    return mean
  }

  private func save(onEvent: (TrainingEvent) -> Void) throws {
    try group.onRankZero {
      try Checkpoint(model: method.state, optimizer: method.optimizerState, progress: progress)
        .write(to: run.lastCheckpoint)
    }
    onEvent(.saved(run.lastCheckpoint))
  }

  private func restore() throws {
    let checkpoint = try Checkpoint(contentsOf: run.lastCheckpoint)
    try method.load(state: checkpoint.model)
    try method.load(optimizerState: checkpoint.optimizer)
    progress = checkpoint.progress
  }

  private var metricsTable: Table {
    let terms = Set(progress.records.flatMap(\.trainingTerms.keys)).sorted()
    var table = Table(
      columns: ["epoch", "learning_rate", "training_loss"] + terms.map { "training_\($0)" }
        + ["validation_loss", "is_best", "images_per_second"], separator: ",")
    table.rows = progress.records.map { record in
      ["\(record.epoch)", "\(record.learningRate)", "\(record.trainingLoss)"]
        + terms.map { "\(record.trainingTerms[$0] ?? .nan)" }
        + [
          record.validationLoss.map { "\($0)" } ?? "", "\(record.isBest)",
          record.imagesPerSecond.formatted(fraction: 1),
        ]
    }
    return table
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    max(1e-9, (ContinuousClock.now - start) / .seconds(1))
  }
}
