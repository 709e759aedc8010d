import Base
package import Cohort
import Foundation
package import Volumes

/// What a T1w of the same head gives to a scan that shows only a part of the brain.
struct SecondContrast {
  /// The brain on the grid of the scan: that of the T1w where the T1w shows the head, else that of the scan.
  let brain: Mask
  /// The place in the template; nil if the T1w shows too little of the brain.
  let place: TemplateRegistration.Result?
}

extension Preprocessor {
  /// Registers a T1w to a scan with this brain. Returns nil for a brain that stands on its own because the scan shows
  /// it as a whole, and for a T1w that does not fit, which the record then says.
  func register(
    _ file: URL, to scan: Volume, _ brain: Mask, _ record: inout PreprocessingRecord
  ) throws -> SecondContrast? {
    onStep(StepName.t1w)
    record.t1w = T1wRecord(file: file.lastPathComponent)
    do {
      let t1w = try preprocessQuietly(file)
      let found = try T1wRegistration(of: scan, brain, to: t1w, at: file.path)
      record.t1w?.registration = found.record
      try found.requireOneHead(at: file.path)
      let second = try brain.showsAPart ? secondContrast(found, t1w, of: scan, brain, at: file.path) : nil
      record.addDone(StepName.t1w, "\(file.lastPathComponent), rigid")
      record.notes.append(
        "T1w: \(file.lastPathComponent) was registered; the brains overlap by "
          + "\(found.record.overlap.formatted(fraction: 2)) (Dice).")
      record.notes += t1w.record.notes.map { "T1w: \($0)" } + found.notes
      return second
    } catch {
      let problem = Problem(error)
      record.addUnused(
        file, "\(problem.what.withoutPeriod), at \(problem.location) (\(problem.advice.withoutPeriod))")
      return nil
    }
  }

  /// Preprocesses the T1w as a scan of its own.
  private func preprocessQuietly(_ file: URL) throws -> PreprocessedScan {
    var quiet = self
    quiet.onStep = { _ in }
    return try quiet.preprocess(ScanCase(scan: file), skull: .auto)
  }

  private func secondContrast(
    _ found: T1wRegistration, _ t1w: PreprocessedScan, of scan: Volume, _ own: Mask, at place: String
  ) throws -> SecondContrast {
    let brain = try found.brain(onGridOf: scan, else: own)
    guard found.isWhole, let toTemplate = t1w.worldToTemplate?.composed(with: found.record.toT1w) else {
      return SecondContrast(brain: brain, place: nil)
    }
    let fit = try RegistrationFit(toTemplate, template: template.get().mask, brain: brain)
    return SecondContrast(
      brain: brain,
      place: TemplateRegistration.Result(
        toTemplate: toTemplate, overlap: fit.overlap,
        notes: try fit.notes(settings: settings.registration, name: place)))
  }
}

/// The rigid registration of a scan to its T1w.
struct T1wRegistration {
  let record: T1wRecord.Registration
  private let t1wBrain: Mask

  init(of scan: Volume, _ brain: Mask, to t1w: PreprocessedScan, at place: String) throws {
    guard let t1wBrain = t1w.brain, let ratio = t1w.record.greyToWhite else {
      throw Problem(
        .badData, "the T1w shows too little of the head", at: place, advice: "give a T1w of the whole head")
    }
    guard ratio < Self.maximumGreyToWhite else {
      throw Problem(
        .badData,
        "the scan is not T1-weighted: grey matter is \(ratio.formatted(fraction: 2)) times as bright as white "
          + "matter",
        at: place, advice: "give a T1w, or the FLAIR alone")
    }
    let own = try RegisteredBrain(scan, mask: brain, toTemplate: nil, at: place)
    let found = try RigidRegistration(from: own, to: RegisteredBrain(t1w, at: place))
    self.t1wBrain = t1wBrain
    let shown = try Resample.nearest(
      t1wBrain.map { _ in UInt8(1) }, to: scan.geometry.moved(by: found.toSecond))
    let covered = zip(shown.voxels, brain.voxels).count { $0 != 0 && $1 != 0 }
    record = T1wRecord.Registration(
      toT1w: found.toSecond, inconsistency: found.inconsistency, stretch: found.stretch,
      overlap: found.halfway.overlap, agreement: found.halfway.correlationRatio,
      coverage: Double(covered) / Double(max(1, brain.count)))
  }

  /// Throws a ``Problem`` if scan and T1w are hardly those of one head.
  func requireOneHead(at place: String) throws {
    guard let difference else { return }
    throw Problem(
      .badData, "the T1w and the FLAIR do not show one brain: \(difference)", at: place,
      advice: "give the T1w of this person, of the same session if there is one")
  }

  /// What says that scan and T1w are not those of one head; nil if nothing does.
  private var difference: String? {
    if record.agreement < Self.minimumAgreement {
      return
        "the one explains \(record.agreement.formatted(fraction: 3)) of the fine structure of the other, "
        + "less than \(Self.minimumAgreement.formatted(fraction: 3))"
    }
    let stretched = (0..<3).map { abs(record.stretch[$0] - 1) }.max() ?? 0
    if stretched > Self.maximumStretch {
      return "their sizes differ by \((100 * stretched).formatted(fraction: 0)) %"
    }
    if record.inconsistency > Self.maximumInconsistency {
      return "the two directions of the registration end "
        + "\(record.inconsistency.formatted(fraction: 1)) mm apart"
    }
    return nil
  }

  /// Whether the T1w shows enough of the scan's brain to place it in the template.
  var isWhole: Bool { record.coverage >= Self.minimumCoverage }

  /// Remarks for the reader.
  var notes: [String] {
    isWhole
      ? []
      : [
        "The T1w shows only \((100 * record.coverage).formatted(fraction: 0)) % of the FLAIR's brain, too little to "
          + "tell its place in the template."
      ]
  }

  /// The brain of the T1w on the grid of the scan, and `own` where the T1w does not show the head.
  func brain(onGridOf scan: Volume, else own: Mask) throws -> Mask {
    let grid = scan.geometry.moved(by: record.toT1w)
    let brain = try Resample.averaged(t1wBrain.map { Float($0) }, to: grid).voxels
    let shown = try Resample.nearest(t1wBrain.map { _ in UInt8(1) }, to: grid).voxels
    return Mask(
      geometry: own.geometry,
      voxels: own.voxels.indices.map { shown[$0] != 0 ? (brain[$0] > 0.5 ? 1 : 0) : own.voxels[$0] },
      header: own.header)
  }

  /// Grey over white matter was at most .945 in 11 T1-weighted scans and at least 1.003 in 19 FLAIR scans.
  private static let maximumGreyToWhite = 0.96
  /// The fine structure of one person agreed by at least .09, with much noise, that of two people by up to .19. But
  /// the directions of two people ended at least 2.0 mm apart, those of one person at most 1.3 mm, but for 50 mm
  /// of a brain with much noise.
  private static let minimumAgreement = 0.075, maximumStretch = 0.04, maximumInconsistency = 1.75
  private static let minimumCoverage = 0.9
}

extension ScanCase {
  /// The T1w on the grid of the preprocessed scan; nil without one that fits.
  package func t1w(onGridOf preprocessed: PreprocessedScan) throws -> Volume? {
    guard let t1w, let toT1w = preprocessed.record.t1w?.toT1w else { return nil }
    let volume = try VolumeReader.read(t1w).finite(name: t1w.path), grid = preprocessed.volume.geometry
    let moved = try Resample.averaged(volume, to: grid.moved(by: toT1w))
    return Volume(geometry: grid, voxels: moved.voxels, header: preprocessed.volume.header)
  }
}

extension Mask {
  /// Whether the brain is so low that its centre does not tell its place.
  fileprivate var showsAPart: Bool {
    let bounds = Orientation(of: geometry).apply(self).worldBounds
    return bounds.last.z - bounds.first.z < RegistrationStarts.wholeHeight
  }
}

extension String {
  fileprivate var withoutPeriod: Substring { hasSuffix(".") ? dropLast() : self[...] }
}

extension PreprocessingRecord {
  /// Notes that a T1w was not used, and why.
  mutating func addUnused(_ t1w: URL, _ reason: String) {
    if self.t1w == nil { self.t1w = T1wRecord(file: t1w.lastPathComponent) }
    self.t1w?.refusal = reason
    notes.append("The T1w was not used: \(reason).")
  }
}
