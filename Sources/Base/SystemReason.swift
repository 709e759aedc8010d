import Foundation

/// Returns the message of `errno`.
package func systemError() -> String { String(cString: strerror(errno)) }

extension Error {
  /// The message of the operating system without that of Foundation, such as "No space left on device".
  package var systemReason: String {
    let cause = (self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    let error = (cause ?? self) as NSError
    return error.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(error.code))) : error.localizedDescription
  }
}

extension Problem {
  /// Whether a file could not be written for a reason that spares other files: its size or its name.
  package var concernsOneFile: Bool {
    [EFBIG, ENAMETOOLONG].contains { what.contains(String(cString: strerror($0))) }
  }
}
