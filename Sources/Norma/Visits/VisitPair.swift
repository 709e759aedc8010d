import Base
public import Cohort
import Foundation

/// The scans of two visits of one participant, whose results are two cases of one folder.
public struct VisitPair: Sendable {
  /// The earlier and the later scan, with the participant's name and names of their own.
  public let baseline, followUp: ScanCase

  /// Pairs two scans.
  ///
  /// - Parameters:
  ///   - baseline: The earlier scan.
  ///   - followUp: The later scan.
  ///   - isForced: Whether names and dates that speak against the pair are ignored.
  /// - Throws: A ``Problem`` of kind `usage` for the same file twice, scans of several participants by their names,
  ///   and a follow-up that is earlier by its date or by its session.
  public init(_ baseline: ScanCase, _ followUp: ScanCase, isForced: Bool = false) throws {
    let visits = [baseline, followUp], places = visits.map(\.image.path).joined(separator: " and ")
    guard baseline.image.resolvingSymlinksInPath() != followUp.image.resolvingSymlinksInPath() else {
      throw Problem(
        .usage, "both visits are the same scan", at: baseline.image.path,
        advice: "give the earlier scan, then the later one")
    }
    let participants = visits.map(\.participantID).filter { $0.hasPrefix("sub-") }
    if !isForced, Set(participants).count > 1 {
      throw Problem(
        .usage, "by their names these are scans of two people, \(participants.joined(separator: " and "))",
        at: places, advice: "give two scans of one person; if they are, use --force-pair")
    }
    if !isForced, let reason = Self.reversed(visits) {
      throw Problem(
        .usage, "the follow-up is earlier than the baseline: \(reason)", at: places,
        advice: "exchange the two scans; if the order is right, use --force-pair")
    }
    let participant = participants.first ?? Self.commonName(visits.map(\.id))
    let isNamedAlike = baseline.id == followUp.id
    func named(_ scan: ScanCase, _ visit: String) -> ScanCase {
      var scan = scan
      scan.participantID = participant
      if isNamedAlike { scan.id += "_\(visit)" }
      return scan
    }
    (self.baseline, self.followUp) = (named(baseline, "baseline"), named(followUp, "followup"))
  }

  /// The participant's name.
  public var participantID: String { baseline.participantID }

  /// The parts at the start that two names have in common; the first name without any.
  private static func commonName(_ names: [String]) -> String {
    let parts = names.map { $0.split(separator: "_") }
    let common = zip(parts[0], parts[1]).prefix { $0 == $1 }.map(\.0)
    return common.isEmpty ? names[0] : common.joined(separator: "_")
  }

  /// Says why the second scan is the earlier one; nil if nothing says so.
  private static func reversed(_ visits: [ScanCase]) -> String? {
    let times = AcquisitionTimes(of: visits).times
    if let baseline = times[visits[0].image], let followUp = times[visits[1].image] {
      return followUp < baseline ? "it is of \(followUp.text), the baseline of \(baseline.text)" : nil
    }
    let parts = visits.map { $0.id.split(separator: "_").map(String.init) }
    guard let (first, second) = zip(parts[0], parts[1]).first(where: { $0 != $1 }),
      let (a, b) = (number(first).flatMap { a in number(second).map { (a, $0) } }), a.name == b.name,
      b.value < a.value
    else { return nil }
    return "by their names they are \(first) and \(second)"
  }

  /// The name and the number of a part such as `ses-02`; nil without a number at the end.
  private static func number(_ part: String) -> (name: Substring, value: Int)? {
    let name = part.prefix(part.count - part.reversed().prefix(while: \.isNumber).count)
    return Int(part.dropFirst(name.count)).map { (name, $0) }
  }
}
