import Foundation

/// The date and time of an acquisition, as in the column `acq_time` of BIDS tables.
package struct AcquisitionTime: Sendable {
  /// The text that it was read from.
  package let text: String
  private let date: Date

  /// Parses `YYYY-MM-DDThh:mm:ss[.000000][Z]`, or a day alone; returns nil for anything else. Dates that were shifted
  /// into another century are as good as any other.
  package init?(_ text: String) {
    let form = /(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d+)?)Z?)?/.asciiOnlyDigits()
    guard let (_, year, month, day, hour, minute, second) = text.wholeMatch(of: form)?.output else {
      return nil
    }
    let parts = DateComponents(
      calendar: Self.calendar, year: Int(year), month: Int(month), day: Int(day),
      hour: Int(hour ?? "0"), minute: Int(minute ?? "0"))
    guard parts.isValidDate, let date = parts.date, let seconds = Double(second ?? "0"), seconds < 61 else {
      return nil
    }
    (self.text, self.date) = (text, date + seconds)
  }

  /// The days from another time to this one.
  package func days(since other: AcquisitionTime) -> Double {
    date.timeIntervalSince(other.date) / 86_400
  }

  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()
}

extension AcquisitionTime: Comparable {
  package static func == (one: AcquisitionTime, two: AcquisitionTime) -> Bool { one.date == two.date }

  package static func < (one: AcquisitionTime, two: AcquisitionTime) -> Bool { one.date < two.date }
}
