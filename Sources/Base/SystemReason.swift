import Foundation

/// Returns the message of `errno`.
package func systemError() -> String { systemMessage(errno) }

/// Returns the message of a value of `errno`.
package func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

extension Error {
  /// The message of the operating system without that of Foundation, such as "No space left on device".
  package var systemReason: String {
    systemCode.map(systemMessage) ?? cause.localizedDescription
  }

  /// The `errno` of the failed call; nil if the error is not of the operating system.
  package var systemCode: Int32? { cause.domain == NSPOSIXErrorDomain ? Int32(cause.code) : nil }

  private var cause: NSError {
    ((self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? self) as NSError
  }
}

extension Problem {
  /// Whether a file could not be written for a reason that spares other files: its size or its name.
  package var concernsOneFile: Bool { [EFBIG, ENAMETOOLONG].contains(systemCode) }
}
